#pragma once

#include <coroutine>
#include <string>

#include "gateway/net/client_side.hpp"

namespace gatehouse::net {

// Carries a request body that is still arriving from the client to the upstream, beside the response. What is in flight
// is one piece of the client's input buffer: when the upstream is slow the client is not read.
class BodyPump final {
public:
    explicit BodyPump(ClientSide& client) : client_(client) {}

    void start(Channel& upstream, http::Framing framing);
    bool is_running() const { return is_running_; }
    // The whole body was sent.
    bool is_complete() const { return is_complete_; }
    // The client's side failed: see ClientSide::body_failure().
    bool client_failed() const { return client_failed_; }

    // co_await pump.stop(): returns when the pump does not touch anything any more. REQUIRES: the upstream channel was
    // closed, or the body is complete.
    auto stop() { return StopAwaiter(*this); }
    static constexpr Duration kStallTimeout = std::chrono::seconds(30);

private:
    struct StopAwaiter {
        explicit StopAwaiter(BodyPump& pump_in) : pump(pump_in) {}
        BodyPump& pump;
        bool await_ready() const { return !pump.is_running_; }
        bool await_suspend(std::coroutine_handle<> waiter) {
            pump.is_stopping_ = true;
            pump.client_.channel().interrupt_receive();
            if (!pump.is_running_) return false;
            pump.stopper_ = waiter;
            return true;
        }
        void await_resume() const noexcept {}
    };
    Task<> run(Channel& upstream, http::Framing framing);
    Task<bool> send(Channel& upstream, http::Framing framing, std::string_view piece);
    void end(Channel& upstream);

    ClientSide& client_;
    std::string chunk_start_;
    std::coroutine_handle<> stopper_;
    bool is_running_ = false;
    bool is_stopping_ = false;
    bool is_complete_ = false;
    bool client_failed_ = false;
};

}  // namespace gatehouse::net

#pragma once

#include <coroutine>

#include "gateway/base/task.hpp"
#include "gateway/base/timer_wheel.hpp"
#include "gateway/net/client_side.hpp"

namespace gatehouse::net {

// While a response without a length goes on (server-sent events), asks time and again whether its caller would still be
// let in. A logout, another password, a ban, a lost role or a token's end holds for what is open already as well.
// Part of the session.  [loop]
class StreamGuard final {
public:
    // refuse(context) ends the response: the guard does nothing after that call.
    using Refuse = void (*)(void* context);
    StreamGuard(ClientSide& client, Refuse refuse, void* context);

    // Before the request is handed on; interval: between two questions.
    void begin(Duration interval);
    // After the response. A question may be under way still; the exchange has to stay until settled().
    void end();
    bool is_asking() const { return is_asking_; }
    bool has_refused() const { return has_refused_; }

    // Awaitable while is_asking(): resumed when the question is answered or has timed out.
    struct Settled {
        StreamGuard& guard;
        bool await_ready() const noexcept { return !guard.is_asking_; }
        void await_suspend(std::coroutine_handle<> waiter) { guard.waiter_ = waiter; }
        void await_resume() const noexcept {}
    };
    Settled settled() { return Settled{*this}; }

private:
    void schedule();
    void on_time();
    Task<> ask();

    ClientSide& client_;
    Refuse refuse_;
    void* context_;
    Duration interval_{0};
    TimerWheel::Entry timer_;
    bool is_watching_ = false, is_asking_ = false, has_refused_ = false;
    std::coroutine_handle<> waiter_;
};

}  // namespace gatehouse::net

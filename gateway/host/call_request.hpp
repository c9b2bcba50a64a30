#pragma once

#include <gatehouse/ext/call.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/request.hpp"

namespace gatehouse::host {

// A call from one service to another in this process: carries the request into the plugin and collects the answer. Owns
// copies of all it shows, since a late plugin may look at it after the caller has given up.
class CallRequest final : public gh_request, public std::enable_shared_from_this<CallRequest> {
public:
    static constexpr std::size_t kBodyBytesMax = 16u * 1024 * 1024;

    CallRequest(const gh_call_request& request, const std::string& calling_service, IoLoop& loop, TimePoint deadline);

    // Runs the request through the generation and waits for its end or the deadline. GH_OK: deliver() may be called.
    // GH_PENDING: nothing was called, since the generation drains; its successor is to be asked.
    gh_status run(const std::shared_ptr<Generation>& generation, gh_error& error);
    // As run(), for a caller on the loop that the constructor was given: returns at once. ended() is called on that
    // loop when outcome() and the answer may be read, not within this call; the deadline is the caller's to keep:
    // give_up(). [loop]
    void begin(const std::shared_ptr<Generation>& generation, std::function<void()> ended);
    gh_status outcome();  // as run() returns
    void give_up() { tell_canceled(GH_E_TIMEOUT); }
    // Calls done with the collected answer.
    void deliver(gh_call_done done, void* context) const;

    gh_status reply(const gh_response& response) noexcept override;
    gh_status start(const gh_response& response) noexcept override;
    gh_status write(gh_bytes chunk, gh_done done, void* context) noexcept override;
    gh_status finish(const gh_kv* trailers, std::size_t count) noexcept override;
    void abort(const gh_error* error) noexcept override;
    gh_status read(gh_bytes* out, gh_read_done done, void* context) noexcept override;
    gh_status on_cancel(gh_done done, void* context) noexcept override;
    IoLoop* loop() noexcept override { return &loop_; }
    void on_drain_deadline() noexcept override { tell_canceled(GH_E_CANCELED); }

private:
    void copy_identity(const gh_identity* identity, const std::string& calling_service);
    bool admits_caller() const;
    bool find_route(const Generation& generation);
    gh_status dispatch(const std::shared_ptr<Generation>& generation);
    // Says in gatehouse-error that this is no answer of the service.
    void refuse(int code, std::string_view reason, std::string_view title);
    bool take_head(const gh_response& response);
    bool take_body(const gh_bytes& chunk);
    void end();
    void tell_canceled(gh_status status);

    IoLoop& loop_;
    TimePoint deadline_;
    std::string method_, target_, request_id_, trace_parent_, body_, subject_, name_, session_, service_;
    std::vector<std::pair<std::string, std::string>> header_texts_;
    std::vector<std::string> role_texts_;
    std::vector<gh_kv> headers_;
    std::vector<gh_str> roles_;
    gh_identity identity_{};
    gh_request_view view_{};
    Captures captures_;

    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false, aborted_ = false, too_large_ = false, is_drained_ = false, body_was_read_ = false,
         started_ = false;
    int code_ = 0;
    std::vector<std::pair<std::string, std::string>> answer_fields_;
    std::string answer_body_;
    gh_done cancel_done_ = nullptr;
    void* cancel_context_ = nullptr;
    std::shared_ptr<CallRequest> self_;       // held from dispatch to the end
    std::shared_ptr<Generation> generation_;  // likewise
    const PluginRoute* route_ = nullptr;
    bool on_loop_ = false;
    std::function<void()> on_end_;  // of begin(); once
};

}  // namespace gatehouse::host

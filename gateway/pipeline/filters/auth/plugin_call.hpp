#pragma once

#include <coroutine>
#include <memory>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/request.hpp"
#include "gateway/pipeline/filters/auth/answer.hpp"
#include "gateway/pipeline/filters/auth/verify_request.hpp"

namespace gatehouse::pipeline {

// What a forward-auth check within this process needs to know; shared by its calls, which may outlive the snapshot.
struct PluginTarget {
    std::shared_ptr<host::Generation> generation;
    const host::PluginRoute* route = nullptr;  // in the generation
    std::shared_ptr<const config::Authenticator> authenticator;
    AnswerReader reader;
};

// One question to a verifier plugin: the carrier behind its gh_request. Used again and again on one loop.
//
//   idle --begin()--> running --reply()--> answered --release--> idle
//                        `--timeout--> abandoned: owns itself until the plugin ends the request
class PluginCall final : public gh_request {
public:
    PluginCall(IoLoop& loop, std::shared_ptr<const PluginTarget> target);
    ~PluginCall();

    // Puts the question. True: it is answered already (also if the plugin refused it).
    bool begin(const Exchange& exchange, TimePoint deadline);

    // Awaitable: resumed when the answer is there or the deadline has passed.
    struct Answered {
        PluginCall& call;
        bool await_ready() const noexcept { return call.answered_; }
        void await_suspend(std::coroutine_handle<> caller) { call.wait(caller); }
        void await_resume() const noexcept {}
    };
    Answered answered() { return Answered{*this}; }
    bool is_answered() const { return answered_; }
    const Decision& decision() const { return decision_; }

    // After a timeout: tells the plugin, and lives on by itself until the plugin has ended the request.
    static void abandon(std::unique_ptr<PluginCall> call);

    gh_status reply(const gh_response& response) noexcept override;
    gh_status start(const gh_response& response) noexcept override;
    gh_status write(gh_bytes chunk, gh_done done, void* context) noexcept override;
    gh_status finish(const gh_kv* trailers, std::size_t count) noexcept override;
    void abort(const gh_error* error) noexcept override;
    gh_status read(gh_bytes* out, gh_read_done done, void* context) noexcept override;
    gh_status on_cancel(gh_done done, void* context) noexcept override;
    IoLoop* loop() noexcept override { return &loop_; }
    void on_drain_deadline() noexcept override;

private:
    void wait(std::coroutine_handle<> caller);
    void fill_view(TimePoint deadline);
    void decide(const gh_response& response) noexcept;
    void complete() noexcept;
    void on_ended();
    static void on_timeout(void* self);

    IoLoop& loop_;
    std::shared_ptr<const PluginTarget> target_;
    VerifyRequest request_;
    std::vector<gh_kv> headers_;
    gh_request_view view_{};
    std::vector<http::Field> answer_fields_;
    Decision decision_;  // written by whoever replies, read on the loop afterwards
    TimePoint deadline_{};
    TimerWheel::Entry timer_;
    std::coroutine_handle<> waiter_;
    bool dispatching_ = false;  // begin() is on the stack
    bool answered_ = false;
    bool started_ = false;              // a streamed answer has begun
    std::unique_ptr<PluginCall> self_;  // once abandoned
    gh_done cancel_ = nullptr;
    void* cancel_context_ = nullptr;
};

}  // namespace gatehouse::pipeline

#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <string>

#include "gateway/host/generation.hpp"
#include "gateway/host/request.hpp"
#include "gateway/net/client_side.hpp"
#include "gateway/net/mailbox.hpp"
#include "gateway/net/plugin_view.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse::net {

// One request handed to a plugin, and its answer back. Part of the session; its buffers are reused.
//
// The plugin decides when the request ends, not the client and not the clock: after a timeout the client gets its 504
// and is disconnected, the plugin is told through on_cancel, and run() goes on waiting, since the plugin may still look
// at its views.
//
//   run() waits on the loop <-- Mailbox <-- reply(), abort() on any thread
//                           <-- start(), write(), finish() on the loop, which send at once what the kernel takes
class PluginCall final : public gh_request, private Mailbox::Letter {
public:
    explicit PluginCall(ClientSide& client);

    // Until the plugin has ended the request and the client has its answer. False: nothing was done, since the
    // generation ends; the request belongs to whoever serves this now.
    Task<bool> run(host::Generation& generation, const pipeline::RoutePlan& plan);
    // The client is gone.
    void cancel() { tell_canceled(GH_E_CANCELED); }

    gh_status reply(const gh_response& response) noexcept override;
    gh_status start(const gh_response& response) noexcept override;
    gh_status write(gh_bytes chunk, gh_done done, void* context) noexcept override;
    gh_status finish(const gh_kv* trailers, std::size_t count) noexcept override;
    void abort(const gh_error* error) noexcept override;
    gh_status read(gh_bytes* out, gh_read_done done, void* context) noexcept override;
    gh_status on_cancel(gh_done done, void* context) noexcept override;
    IoLoop* loop() noexcept override { return &client_.loop(); }
    void on_drain_deadline() noexcept override { tell_canceled(GH_E_CANCELED); }
    bool is_stream() const noexcept override {
        return route_->streams_in() || phase_.load(std::memory_order_relaxed) == Phase::streaming;
    }

private:
    // open > answering | streaming > ended. Whoever moves it on from `open` owns the answer.
    enum class Phase : std::uint8_t { idle, open, answering, streaming, finishing, aborted };
    struct Wait;

    bool find_route(host::Generation& generation, const pipeline::RoutePlan& plan);
    bool refuse_dispatch(host::Dispatch result);
    Task<bool> prepare_body();
    void reset();
    Task<> wait_for_end();
    Task<> answer();
    Task<> answer_late();
    void end_from_plugin();
    void deliver() override;
    void wake();
    void on_deadline();
    void tell_canceled(gh_status status);
    host::Breadcrumb breadcrumb() const;  // for calling back
    static void release(gh_bytes& bytes);

    // Streaming, in plugin_stream.cpp.
    void on_head_alone();
    bool is_cut_off() const { return is_answered_late_ || client_.is_gone(); }
    gh_bytes lend(std::string_view text);
    gh_status send_stream(gh_bytes chunk, gh_done done, void* context);
    Task<> flush_stream();
    void stream_flushed(Channel::Send sent);
    bool take_input(gh_bytes& out, gh_status& status);
    Task<> wait_for_input(gh_read_done done, void* context);

    ClientSide& client_;
    PluginView view_;
    host::Generation* generation_ = nullptr;
    const host::PluginRoute* route_ = nullptr;
    std::string path_storage_;
    std::string_view path_;
    std::string body_text_;
    TimePoint deadline_{};
    TimerWheel::Entry deadline_timer_;

    std::atomic<Phase> phase_{Phase::idle};
    int status_ = 0;          // of the answer; written by whoever owns it
    std::string fields_;      // of the answer, serialised
    gh_bytes answer_body_{};  // owned until released
    std::optional<std::uint64_t> stream_length_;

    // [loop]
    std::coroutine_handle<> waiter_;
    bool is_dispatching_ = false;
    bool is_ended_ = false;
    bool is_late_ = false;
    bool is_answered_late_ = false;
    gh_done cancel_done_ = nullptr;
    void* cancel_context_ = nullptr;
    bool is_canceled_ = false;

    http::Framing stream_framing_ = http::Framing::none;
    std::uint64_t stream_bytes_ = 0;
    TimerWheel::Entry head_alone_timer_;
    Output stream_output_;
    std::string stream_head_start_, stream_chunk_start_;
    gh_bytes stream_chunk_{};
    gh_done stream_done_ = nullptr;
    void* stream_context_ = nullptr;
    bool is_flushing_ = false;
    bool is_reading_ = false;
    bool gave_whole_body_ = false;
};

}  // namespace gatehouse::net

#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "gateway/extensions/client_call.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/request.hpp"

namespace gatehouse::extensions {

// A request to a plugin in this process: carries it in, and the answer back in pieces, each only when the asking plugin
// has taken the one before. Lives until the answering plugin has ended the request, whatever the asking one does.
//
//   reply(), abort() [any] --post--> deliver()      start(), write(), finish() [loop] --post--> pump()
class ClientLocal final : public ClientTransport, public gh_request, public std::enable_shared_from_this<ClientLocal> {
public:
    // find: the generation that serves the service now; null = none any more.
    using Find = std::function<std::shared_ptr<host::Generation>()>;
    ClientLocal(std::shared_ptr<ClientCall> call, std::string calling_service, Find find);

    void start() override;
    void resume() override;
    void stop() override;

    gh_status reply(const gh_response& response) noexcept override;
    gh_status start(const gh_response& response) noexcept override;
    gh_status write(gh_bytes chunk, gh_done done, void* context) noexcept override;
    gh_status finish(const gh_kv* trailers, std::size_t count) noexcept override;
    void abort(const gh_error* error) noexcept override;
    gh_status read(gh_bytes* out, gh_read_done done, void* context) noexcept override;
    gh_status on_cancel(gh_done done, void* context) noexcept override;
    IoLoop* loop() noexcept override { return &loop_; }
    void on_drain_deadline() noexcept override { tell_canceled(GH_E_CANCELED); }
    bool is_stream() const noexcept override { return phase_ == Phase::streaming; }

private:
    enum class Phase : std::uint8_t { open, streaming, ended };

    void fill_view();
    void collect_body();
    void dispatch();
    void refuse(int code, std::string_view title);
    bool take_head(const gh_response& response);
    void post_end(bool is_aborted, gh_bytes last);
    void on_ended(bool is_aborted, gh_bytes last);
    void schedule_pump();
    void pump();
    void end_read(gh_status status, gh_bytes piece);
    void end_write(gh_status status);
    void tell_canceled(gh_status why);

    IoLoop& loop_;
    const std::shared_ptr<ClientCall> call_;  // also keeps what the view shows
    const std::string calling_service_;
    const Find find_;
    bool is_wanted_ = true;  // the asking plugin waits for more
    int attempts_ = 0;
    std::shared_ptr<host::Generation> generation_;
    const host::PluginRoute* route_ = nullptr;
    host::Captures captures_;
    gh_request_view view_{};
    gh_identity identity_{};
    std::shared_ptr<ClientLocal> self_;  // from dispatch to the end
    std::string body_;                   // pulled before the handler is called

    std::atomic<Phase> phase_{Phase::open};  // whoever moves it to `ended` owns the answer
    int code_ = 0;
    ClientFields fields_;
    std::deque<gh_bytes> pieces_;  // copies that were not taken yet
    bool head_was_told_ = false, end_was_told_ = false, is_finished_ = false, is_aborted_ = false, is_pumping_ = false;
    bool body_was_read_ = false, was_canceled_ = false;
    gh_done write_done_ = nullptr;
    void* write_context_ = nullptr;
    gh_read_done read_done_ = nullptr;
    void* read_context_ = nullptr;
    gh_done cancel_done_ = nullptr;
    void* cancel_context_ = nullptr;
};

}  // namespace gatehouse::extensions

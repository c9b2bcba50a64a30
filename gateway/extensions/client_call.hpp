#pragma once

#include <gatehouse/ext/http_client.h>

#include <coroutine>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/extensions/client_request.hpp"
#include "gateway/host/generation.hpp"

namespace gatehouse::extensions {

class ClientCall;

// What carries a request to whoever answers it, and tells the call what comes back: on_head(), on_piece() while
// has_room(), then on_end(); or on_failure(). Nothing of it runs inside a plugin's call.  [loop]
class ClientTransport {
public:
    virtual ~ClientTransport() = default;
    virtual void start() = 0;
    virtual void resume() = 0;  // there is room again
    virtual void stop() = 0;    // nobody wants the rest; the call is not told anything any more
};

using ClientFields = std::vector<std::pair<std::string, std::string>>;

// One request of a plugin's, from send() or fetch() to its last callback (and close()): what the plugin sees. Counted
// as an operation of the generation meanwhile.
//
//   sent --on_head()--> open --on_end()--> read to its end
//     `-------------------`--cancel(), on_failure()--> failed         every state --close()--> gone
//
// Everything is [loop] but for the constructor.
class ClientCall final : public std::enable_shared_from_this<ClientCall> {
public:
    static constexpr std::size_t kWholeBytesMax = 16u * 1024 * 1024;

    struct Callbacks {
        gh_client_done on_head = nullptr;  // either this one
        gh_call_done on_whole = nullptr;   // or this one
        void* context = nullptr;
    };
    // forget: called when nothing is to come any more; may drop the last reference.
    ClientCall(IoLoop& loop, host::Generation& generation, const gh_client_request& request, Callbacks callbacks,
               std::function<void()> forget);
    ClientCall(const ClientCall&) = delete;
    ClientCall& operator=(const ClientCall&) = delete;

    IoLoop& loop() { return loop_; }
    host::Generation& generation() { return generation_; }
    const ClientRequest& request() const { return request_; }
    void begin(std::shared_ptr<ClientTransport> transport);

    // From the plugin.
    gh_status read(gh_bytes* out, gh_read_done done, void* context);
    void close();
    void cancel(gh_status why);

    // From the transport.
    bool is_over() const { return state_ == State::failed || is_closed_; }  // nothing more is wanted
    bool has_room() const { return callbacks_.on_whole != nullptr || piece_.ptr == nullptr; }
    void on_head(int code, ClientFields fields);
    void on_piece(std::string_view piece);
    void on_end();
    void on_failure(gh_status status, std::string_view code, std::string_view message);

    // The next piece of the request's body; taken: GH_OK and a piece, GH_END, or an error. Not within this call, and
    // not at all once the call is over.
    void pull(std::function<void(gh_status, gh_bytes)> taken);

private:
    enum class State : std::uint8_t { sent, open, ended, failed };
    struct Pull;

    void fail(gh_status status, std::string_view code, std::string_view message);
    void deliver_whole();
    void finish_read(gh_status status, gh_bytes piece);
    void end_operation();
    static void on_pulled(void* context, gh_status status, gh_bytes piece, const gh_error* error);
    static void on_deadline(void* self);

    IoLoop& loop_;
    host::Generation& generation_;
    ClientRequest request_;
    Callbacks callbacks_;
    std::function<void()> forget_;
    std::shared_ptr<ClientTransport> transport_;
    TimerWheel::Entry deadline_timer_;

    State state_ = State::sent;
    gh_status failure_ = GH_OK;
    bool is_closed_ = false;
    int code_ = 0;
    ClientFields fields_;  // of a whole answer
    std::string body_;     // likewise
    gh_bytes piece_{};     // came before it was asked for
    gh_read_done read_done_ = nullptr;
    void* read_context_ = nullptr;
    std::unique_ptr<gh_client_response> handle_;
};

// A copy that its receiver frees; ptr is null when there is no memory.
gh_bytes copy_of(std::string_view text);
void release(gh_bytes& bytes);

}  // namespace gatehouse::extensions

struct gh_client_response {
    gatehouse::extensions::ClientCall* call;
};

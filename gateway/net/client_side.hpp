#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/channel.hpp"
#include "gateway/base/task.hpp"
#include "gateway/net/request_body.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::net {

class LoopServer;

// The client's side of one exchange after the other on a connection: request body in, response out. What the session,
// the proxy and the plugin call share. All of its buffers are reused.
class ClientSide final {
public:
    ClientSide(LoopServer& server, Channel::Pointer channel);

    LoopServer& server() { return server_; }
    IoLoop& loop() { return channel_->loop(); }
    Channel& channel() { return *channel_; }
    pipeline::Exchange& exchange() { return exchange_; }
    RequestBody& body() { return body_; }
    bool is_gone() const { return exchange_.client_gone; }

    // Resets everything for a request whose head has just been parsed into exchange().request.
    void begin_exchange(std::size_t head_bytes);

    // ---- request body

    // Waits until next piece of the body has arrived; answers "100 Continue" first where that is asked for. False: the
    // body is bad, late or cut off, and the failure below says how.
    Task<bool> receive_body();
    struct BodyFailure {
        int status = 400;  // 0 = client gone
        std::string_view reason;
        std::string_view detail;
    };
    const BodyFailure& body_failure() const { return body_failure_; }
    // Waits for the whole body; appends what is not whole() already to `text`. False: see body_failure().
    Task<bool> collect_body(std::string& text);
    void set_body_failure(const http::ParseFailure& failure);

    // ---- response

    // Begins a response head in head(): status line and the fields that every response has.
    void begin_head(int status);
    std::string& head() { return head_; }
    // Adds a field unless it is malformed or the gateway's own business.
    void add_field(std::string_view name, std::string_view value);
    // Adds framing and connection fields and ends the head. REQUIRES: begin_head(). length: of the body with
    // Framing::length; ignored otherwise. Framing::chunked becomes until_close for HTTP/1.0 clients: the result says.
    http::Framing end_head(http::Framing framing, std::uint64_t length);
    // The client's request allows a body in the response with that status.
    bool may_have_body(int status) const;
    bool head_was_sent() const { return head_was_sent_; }
    // The response has no length: it ends when whoever answers says so.
    bool is_open_ended() const { return is_open_ended_; }
    void note_head_sent() { head_was_sent_ = true; }
    // After an own channel().send().
    void note_sent(Channel::Send sent);
    // co_await send(output): false when the client is gone or too slow.
    Task<bool> send(Output& output);
    // Sends exchange().reply as the whole response.
    Task<bool> send_reply();
    // After a response that could not be finished: the client must see that it is cut.
    void cut();

    bool keeps_alive() const { return keeps_alive_; }
    void close_after_response() { keeps_alive_ = false; }
    // Reads and drops what is left of a small body, so that the connection can go on. False: close it.
    Task<bool> finish_body();

private:
    bool can_skip_body();
    void append_reply_body();

    LoopServer& server_;
    Channel::Pointer channel_;
    pipeline::Exchange exchange_;
    RequestBody body_;
    BodyFailure body_failure_;
    std::string head_;
    std::string reply_body_;
    std::uint64_t sent_before_ = 0;
    bool keeps_alive_ = true;
    bool head_was_sent_ = false;
    bool is_open_ended_ = false;
    bool sent_continue_ = false;
};

}  // namespace gatehouse::net

#include "gateway/net/client_side.hpp"

#include <sys/socket.h>
#include <algorithm>

#include "gateway/http/serializer.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/pipeline/problem.hpp"

namespace gatehouse::net {

namespace {

// What is read and dropped of a body that nobody wants, to keep a connection.
constexpr std::uint64_t kSkippedBodyMax = 64 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

ClientSide::ClientSide(LoopServer& server, Channel::Pointer channel) : server_(server), channel_(std::move(channel)) {
    exchange_.loop = &channel_->loop();
}

void ClientSide::begin_exchange(std::size_t head_bytes) {
    exchange_.reset();
    exchange_.received = Clock::now();
    body_.begin(exchange_.request, head_bytes, server_.http_limits(), *channel_);
    body_failure_ = {};
    keeps_alive_ = exchange_.request.keep_alive && !server_.is_draining();
    head_was_sent_ = is_open_ended_ = sent_continue_ = false;
    sent_before_ = channel_->sent_bytes();
}

Task<bool> ClientSide::receive_body() {
    if (exchange_.request.expects_continue && !sent_continue_ && !head_was_sent_ && channel_->unread().empty()) {
        Output output;
        output.add(kContinue);
        const bool sent = co_await send(output);
        if (!sent) co_return false;
    }
    sent_continue_ = true;
    const TimePoint deadline = std::min(exchange_.deadline, Clock::now() + server_.timeouts().body);
    const Channel::Event event = co_await channel_->receive(deadline);
    switch (event) {
        case Channel::Event::data: co_return true;
        case Channel::Event::interrupted: co_return false;
        case Channel::Event::timeout: body_failure_ = {408, "body_timeout", "The body did not arrive in time."}; break;
        case Channel::Event::end:
            body_failure_ = {400, "incomplete_body", "The body is shorter than announced."};
            break;
        case Channel::Event::failed:
            exchange_.client_gone = true;
            body_failure_ = {0, "client_gone", {}};
            break;
    }
    keeps_alive_ = false;
    co_return false;
}

void ClientSide::set_body_failure(const http::ParseFailure& failure) {
    const bool too_large = failure.status == 413;
    body_failure_ = {failure.status, failure.reason,
                     too_large ? std::string_view("The body is larger than this resource accepts.")
                               : std::string_view("The body's framing is malformed.")};
    keeps_alive_ = false;
}

Task<bool> ClientSide::collect_body(std::string& text) {
    for (;;) {
        std::string_view piece;
        switch (body_.next(piece)) {
            case RequestBody::Status::done: exchange_.bytes_in = body_.received_bytes(); co_return true;
            case RequestBody::Status::failed: set_body_failure(body_.failure()); co_return false;
            case RequestBody::Status::data: text.append(piece); break;
            case RequestBody::Status::more: {
                const bool received = co_await receive_body();
                if (!received) co_return false;
            }
        }
    }
}

void ClientSide::begin_head(int status) {
    exchange_.status = status;
    head_.clear();
    http::append_status_line(head_, status);
    head_.append("server: gatehouse\r\ndate: ").append(server_.date()).append("\r\n");
    if (!exchange_.request_id.empty()) {
        head_.append("x-request-id: ").append(exchange_.request_id).append("\r\n");
    }
    head_.append(exchange_.response_fields);
}

void ClientSide::add_field(std::string_view name, std::string_view value) {
    if (http::is_token(name) && http::is_field_value(value)) http::append_field(head_, name, value);
}

bool ClientSide::may_have_body(int status) const {
    return status >= 200 && status != 204 && status != 304 && exchange_.request.method != "HEAD";
}

http::Framing ClientSide::end_head(http::Framing framing, std::uint64_t length) {
    const bool is_http10 = exchange_.request.minor_version == 0;
    if (framing == http::Framing::chunked && is_http10) framing = http::Framing::until_close;
    switch (framing) {
        case http::Framing::none: break;
        case http::Framing::length: http::append_number_field(head_, "content-length", length); break;
        case http::Framing::chunked: head_.append("transfer-encoding: chunked\r\n"); break;
        case http::Framing::until_close: keeps_alive_ = false; break;
    }
    if (keeps_alive_ && !can_skip_body()) keeps_alive_ = false;
    if (!keeps_alive_) {
        head_.append("connection: close\r\n");
    } else if (is_http10) {
        head_.append("connection: keep-alive\r\n");
    }
    http::end_head(head_);
    is_open_ended_ = framing == http::Framing::chunked || framing == http::Framing::until_close;
    return framing;
}

// Whether what is left of the request's body is known to be little and on its way.
bool ClientSide::can_skip_body() {
    if (body_.done()) return true;
    const http::RequestHead& request = exchange_.request;
    const bool waits_for_us = request.expects_continue && !sent_continue_;
    return request.framing == http::Framing::length && !waits_for_us && body_.remaining_bytes() <= kSkippedBodyMax;
}

Task<bool> ClientSide::send(Output& output) {
    const Channel::Send sent = co_await channel_->send(output, server_.timeouts().write);
    note_sent(sent);
    co_return sent == Channel::Send::done;
}

void ClientSide::note_sent(Channel::Send sent) {
    exchange_.bytes_out = channel_->sent_bytes() - sent_before_;
    if (sent == Channel::Send::done) return;
    exchange_.client_gone = true;
    keeps_alive_ = false;
}

void ClientSide::append_reply_body() {
    const pipeline::LocalReply& reply = exchange_.reply;
    reply_body_.clear();
    const bool is_problem = reply.body.empty() && reply.status >= 400 && !reply.is_whole;
    if (is_problem) {
        pipeline::append_problem(reply_body_, reply, exchange_.request_id);
        head_.append("content-type: application/problem+json\r\n");
    }
    if (!reply.reason.empty()) http::append_field(head_, "gatehouse-error", reply.reason);
    for (const auto& [name, value] : reply.fields) {
        if (!is_problem || name != "content-type") add_field(name, value);
    }
}

Task<bool> ClientSide::send_reply() {
    const pipeline::LocalReply& reply = exchange_.reply;
    exchange_.reason = reply.reason;
    begin_head(reply.status);
    append_reply_body();
    const std::string_view content = reply.body.empty() ? std::string_view(reply_body_) : std::string_view(reply.body);
    const bool has_length = reply.status != 204 && reply.status != 304;
    end_head(has_length ? http::Framing::length : http::Framing::none, content.size());
    head_was_sent_ = true;
    Output output;
    output.add(head_);
    if (may_have_body(reply.status)) output.add(content);
    co_return co_await send(output);
}

// A body whose end is the end of the connection looks complete unless that end is a reset.
void ClientSide::cut() {
    keeps_alive_ = false;
    exchange_.reason = "response_cut";
    const linger reset{.l_onoff = 1, .l_linger = 0};
    if (channel_->is_open()) {
        ::setsockopt(channel_->descriptor(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    }
    channel_->close();
}

Task<bool> ClientSide::finish_body() {
    if (!keeps_alive_ || exchange_.client_gone) co_return false;
    if (!body_.has_begun()) body_.set_limit(kSkippedBodyMax);
    for (;;) {
        std::string_view ignored;
        switch (body_.next(ignored)) {
            case RequestBody::Status::done: co_return true;
            case RequestBody::Status::failed: co_return false;
            case RequestBody::Status::data: break;
            case RequestBody::Status::more: {
                const bool received = co_await receive_body();
                if (!received) co_return false;
            }
        }
    }
}

}  // namespace gatehouse::net

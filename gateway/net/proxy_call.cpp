#include "gateway/net/proxy_call.hpp"

#include <algorithm>

#include "gateway/http/serializer.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/pipeline/forward_head.hpp"
#include "gateway/pipeline/problem.hpp"
#include "gateway/upstream/response_limits.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::net {

namespace {

constexpr std::size_t kSmallBodyMax = 16 * 1024;
constexpr std::string_view kBackOffSeconds = "1";

bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

std::string_view explain_to_client(upstream::Outcome outcome) {
    switch (outcome) {
        case upstream::Outcome::ok:
        case upstream::Outcome::canceled: return {};
        case upstream::Outcome::no_healthy_endpoint: return "No instance of the service is available.";
        case upstream::Outcome::connect_failed: return "The service could not be reached.";
        case upstream::Outcome::restarting: return "The service is being restarted.";
        case upstream::Outcome::queue_full: return "The service is busy.";
        case upstream::Outcome::reset: return "The service closed the connection before it had answered.";
        case upstream::Outcome::bad_response:
        case upstream::Outcome::too_large: return "The service gave an answer that breaks the protocol.";
        case upstream::Outcome::timeout: return "The service did not answer in time.";
    }
    return {};
}

}  // namespace

ProxyCall::ProxyCall(ClientSide& client) : client_(client), pump_(client), parser_(upstream::response_limits()) {}

Task<> ProxyCall::run(const upstream::Cluster& cluster, const pipeline::RoutePlan& plan) {
    plan_ = &plan;
    got_something_ = false;
    repeatable_ = true;
    small_body_.clear();
    if (!client_.body().is_whole()) {
        const bool body_is_good = co_await prepare_body();
        if (!body_is_good) co_return;
    }
    const Outcome outcome = co_await try_endpoints(cluster);
    if (outcome == Outcome::ok) co_return;
    client_.exchange().reason = upstream::describe(outcome).reason;
    if (client_.is_gone()) {
        client_.close_after_response();
    } else if (client_.head_was_sent()) {
        client_.cut();
    } else {
        answer_failure(outcome);
        co_await client_.send_reply();
    }
}

// A short chunked body that is already there is sent on with a length, which every backend understands.
Task<bool> ProxyCall::prepare_body() {
    if (client_.exchange().request.framing != http::Framing::chunked) co_return true;
    for (;;) {
        std::string_view piece;
        const RequestBody::Status status = client_.body().next(piece);
        if (status == RequestBody::Status::data) small_body_.append(piece);
        if (status == RequestBody::Status::done || status == RequestBody::Status::more) co_return true;
        if (status == RequestBody::Status::failed) {
            client_.set_body_failure(client_.body().failure());
            answer_failure(Outcome::reset);
            co_await client_.send_reply();
            co_return false;
        }
        if (small_body_.size() > kSmallBodyMax) co_return true;
    }
}

void ProxyCall::write_request_head(const upstream::Cluster& cluster, std::size_t endpoint) {
    const pipeline::Exchange& exchange = client_.exchange();
    const http::RequestHead& request = exchange.request;
    request_head_.clear();
    const std::string_view path = pipeline::upstream_path(exchange, *plan_, path_);
    pipeline::append_forward_head(request_head_, exchange, path, cluster.authority(endpoint));
    is_ours_ = cluster.is_served(endpoint);
    if (is_ours_) client_.server().sign(request_head_, exchange, cluster, path);
    if (request.framing == http::Framing::length) {
        http::append_number_field(request_head_, "content-length", request.content_length);
    } else if (request.framing == http::Framing::chunked) {
        if (client_.body().done()) {
            http::append_number_field(request_head_, "content-length", small_body_.size());
        } else {
            request_head_.append("transfer-encoding: chunked\r\n");
        }
    }
    http::end_head(request_head_);
}

Task<upstream::Outcome> ProxyCall::try_endpoints(const upstream::Cluster& cluster) {
    upstream::Selection selection(client_.loop(), cluster);
    Outcome outcome = Outcome::no_healthy_endpoint;
    bool may_retry = true;
    std::size_t endpoint = selection.next();
    while (endpoint != upstream::Selection::kNone) {
        upstream::Pool& pool = selection.pool(endpoint);
        upstream::Lease lease = pool.take_idle();
        if (!lease) {
            upstream::Pool::Acquired acquired =
                co_await pool.acquire(client_.exchange().deadline, plan_->route->effective.connect_timeout);
            if (client_.is_gone()) co_return Outcome::canceled;
            if (acquired.outcome != Outcome::ok) {
                outcome = acquired.outcome;
                endpoint = selection.next();
                continue;
            }
            lease = std::move(acquired.lease);
        }
        write_request_head(cluster, endpoint);
        outcome = co_await attempt(lease);
        if (outcome == Outcome::ok || client_.is_gone()) co_return outcome;
        if (!may_retry || !may_repeat(lease, outcome)) break;
        may_retry = false;
        pool.close_idle();  // most likely as stale as this one
    }
    co_return selection.explain(outcome);
}

// A kept connection that its peer was just closing: nothing was received, and the request may be made twice.
bool ProxyCall::may_repeat(const upstream::Lease& lease, Outcome outcome) const {
    return outcome == Outcome::reset && lease.was_used() && !got_something_ && repeatable_ &&
           is_idempotent(client_.exchange().request.method);
}

void ProxyCall::cancel() {
    if (upstream_ != nullptr) upstream_->close();
}

Task<upstream::Outcome> ProxyCall::attempt(upstream::Lease& lease) {
    Channel& upstream = lease.channel();
    upstream_ = &upstream;
    RequestBody& body = client_.body();
    Output output;
    output.add(request_head_);
    const bool is_chunked = client_.exchange().request.framing == http::Framing::chunked && !body.done();
    if (is_chunked && !small_body_.empty()) {
        chunk_start_.clear();
        http::append_chunk_start(chunk_start_, small_body_.size());
        output.add(chunk_start_);
        output.add(small_body_);
        output.add(http::kChunkEnd);
    } else {
        output.add(body.is_whole() ? body.whole() : std::string_view(small_body_));
    }
    const Channel::Send sent = co_await upstream.send(output, BodyPump::kStallTimeout);
    if (body.done()) {
        client_.exchange().bytes_in = body.received_bytes();
        client_.channel().read_ahead();
    } else if (sent == Channel::Send::done) {
        repeatable_ = false;
        pump_.start(upstream, client_.exchange().request.framing);
    }

    Outcome outcome = co_await receive_head(upstream);
    if (outcome == Outcome::ok) {
        http::Framing framing = response_.framing;
        write_response_head(framing);
        upstream.input().unpin();
        outcome = co_await relay_body(upstream, framing);
    }
    const bool whole_body_sent = repeatable_ ? body.done() : pump_.is_complete();
    if (pump_.is_running()) {
        upstream.close();
        co_await pump_.stop();
    }
    upstream_ = nullptr;
    if (outcome == Outcome::ok && sent == Channel::Send::done && whole_body_sent && response_.keep_alive &&
        response_.framing != http::Framing::until_close) {
        lease.keep();
    }
    co_return outcome;
}

TimePoint ProxyCall::deadline() const {
    const auto idle = plan_->route->effective.idle_timeout;
    if (idle.count() == 0) return client_.exchange().deadline;
    return std::min(client_.exchange().deadline, Clock::now() + idle);
}

upstream::Outcome ProxyCall::explain(Channel::Event event) const {
    if (client_.is_gone()) return Outcome::canceled;
    return event == Channel::Event::timeout ? Outcome::timeout : Outcome::reset;
}

Task<upstream::Outcome> ProxyCall::receive_head(Channel& upstream) {
    parser_.reset();
    const bool is_head = client_.exchange().request.method == "HEAD";
    for (;;) {
        if (!upstream.unread().empty()) {
            got_something_ = true;
            const http::ParseResult parsed = parser_.parse(upstream.unread(), is_head, response_);
            if (parsed.status == http::ParseStatus::failed) co_return Outcome::bad_response;
            if (parsed.status == http::ParseStatus::complete) {
                parser_.reset();
                upstream.input().pin(parsed.consumed);
                if (response_.status >= 200) co_return Outcome::ok;
                const Outcome forwarded = co_await forward_interim();
                upstream.input().unpin();
                if (forwarded != Outcome::ok) co_return forwarded;
                continue;
            }
        }
        const Channel::Event event = co_await upstream.receive(deadline());
        const bool still_uploading =
            event == Channel::Event::timeout && pump_.is_running() && Clock::now() < client_.exchange().deadline;
        if (event != Channel::Event::data && !still_uploading) co_return explain(event);
    }
}

// 100 was settled between gateway and client; 1.0 clients know no interim responses (RFC 9110 section 15.2).
Task<upstream::Outcome> ProxyCall::forward_interim() {
    if (response_.status == 100 || client_.exchange().request.minor_version == 0) co_return Outcome::ok;
    std::string& head = client_.head();
    head.clear();
    http::append_status_line(head, response_.status);
    for (const http::Field& field : response_.fields) http::append_field(head, field.name, field.value);
    http::end_head(head);
    Output output;
    output.add(head);
    const bool sent = co_await client_.send(output);
    co_return sent ? Outcome::ok : Outcome::canceled;
}

// REQUIRES: the upstream's head is pinned.
void ProxyCall::write_response_head(http::Framing& framing) {
    client_.begin_head(response_.status);
    std::string& head = client_.head();
    const auto who = is_ours_ ? LoopServer::ResponseOf::our_service : LoopServer::ResponseOf::upstream;
    const bool answers_cors = client_.exchange().answers_cors;
    for (const http::Field& field : response_.fields) {
        if (answers_cors && field.name.starts_with("access-control-")) continue;
        if (client_.server().is_kept_in_response(field.name, who)) http::append_field(head, field.name, field.value);
    }
    if (framing == http::Framing::until_close) framing = http::Framing::chunked;
    if (framing == http::Framing::none && response_.has_content_length && response_.status != 204) {
        http::append_number_field(head, "content-length", response_.content_length);
    }
    framing = client_.end_head(framing, response_.content_length);
}

// What goes out in one system call: pieces of the upstream's input between framing of our own.
struct ProxyCall::Gathered {
    static constexpr std::size_t kPiecesMax = Output::kPartsMax - 6;
    std::array<std::string_view, kPiecesMax> pieces;
    std::size_t count = 0, bytes = 0, consumed = 0;
};

bool ProxyCall::gather(Channel& upstream, Gathered& gathered) {
    const std::span<char> unread = upstream.unread();
    std::string_view input(unread.data(), unread.size());
    while (!decoder_.done() && !input.empty() && gathered.count < Gathered::kPiecesMax) {
        const http::BodyDecoder::Step step = decoder_.next(input);
        if (step.state == http::BodyDecoder::State::failed) return false;
        if (!step.data.empty()) gathered.pieces[gathered.count++] = step.data;
        gathered.bytes += step.data.size();
        gathered.consumed += step.consumed;
        input.remove_prefix(step.consumed);
        if (step.consumed == 0) break;
    }
    return true;
}

Task<upstream::Outcome> ProxyCall::relay_body(Channel& upstream, http::Framing framing) {
    decoder_ = http::BodyDecoder(response_.framing, response_.content_length, upstream::response_limits(), 0);
    bool ended = false;
    for (;;) {
        Gathered gathered;
        const bool is_good = gather(upstream, gathered);
        ended = ended || decoder_.done();
        Output output;
        if (!client_.head_was_sent()) output.add(client_.head());
        if (gathered.bytes > 0 && framing == http::Framing::chunked) {
            chunk_start_.clear();
            http::append_chunk_start(chunk_start_, gathered.bytes);
            output.add(chunk_start_);
        }
        for (std::size_t i = 0; i < gathered.count; ++i) output.add(gathered.pieces[i]);
        if (framing == http::Framing::chunked) {
            if (gathered.bytes > 0) output.add(http::kChunkEnd);
            if (ended) output.add(http::kLastChunk);
        }
        if (!is_good && !client_.head_was_sent()) co_return Outcome::bad_response;
        client_.note_head_sent();
        if (!output.empty()) {
            const Channel::Send sent = co_await client_.channel().send(output, client_.server().timeouts().write);
            client_.note_sent(sent);
            if (sent != Channel::Send::done) co_return Outcome::canceled;
        }
        if (!is_good) co_return Outcome::bad_response;
        upstream.input().consume(gathered.consumed);
        if (ended) co_return Outcome::ok;
        if (gathered.consumed > 0 && !upstream.unread().empty()) continue;
        const Channel::Event event = co_await upstream.receive(deadline());
        if (event == Channel::Event::end && response_.framing == http::Framing::until_close) {
            ended = true;
        } else if (event != Channel::Event::data) {
            co_return explain(event);
        }
    }
}

void ProxyCall::answer_failure(Outcome outcome) {
    pipeline::Exchange& exchange = client_.exchange();
    const ClientSide::BodyFailure& body = client_.body_failure();
    if (!body.reason.empty()) {  // not the upstream's fault
        pipeline::set_error(exchange, body.status, body.reason, body.detail);
        return;
    }
    const upstream::OutcomeText text = upstream::describe(outcome);
    pipeline::set_error(exchange, text.status, text.reason, explain_to_client(outcome));
    if (text.status == 503) exchange.reply.fields.emplace_back("retry-after", kBackOffSeconds);
}

}  // namespace gatehouse::net

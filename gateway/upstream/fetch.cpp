#include "gateway/upstream/fetch.hpp"

#include <algorithm>

#include "gateway/http/body_decoder.hpp"
#include "gateway/http/response_parser.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/upstream/response_limits.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::upstream {

namespace {

constexpr Duration kStallTimeout = 10s;

std::string make_head(const FetchRequest& request, const std::string& endpoint_authority) {
    std::string head;
    head.reserve(256 + request.fields.size());
    const std::size_t mark = request.target.find('?');
    const bool has_query = mark != std::string_view::npos;
    http::append_request_line(head, request.method, request.target.substr(0, mark), has_query,
                              has_query ? request.target.substr(mark + 1) : std::string_view());
    http::append_field(head, "host", request.authority.empty() ? endpoint_authority : request.authority);
    head += request.fields;
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        http::append_number_field(head, "content-length", request.body.size());
    }
    http::end_head(head);
    return head;
}

// One request and its answer on one connection.
class Attempt final {
public:
    Attempt(Lease lease, const FetchRequest& request) : lease_(std::move(lease)), request_(request) {}

    Task<Outcome> run(const std::string& head, Fetched& fetched) {
        Channel& channel = lease_.channel();
        Output output;
        output.add(head);
        output.add(request_.body);
        const Channel::Send sent = co_await channel.send(output, kStallTimeout);
        // A peer that refuses early may have answered before it closed: look before giving up.
        Outcome outcome = co_await read_head();
        if (outcome == Outcome::ok) outcome = co_await read_body(fetched);
        if (outcome == Outcome::ok && sent == Channel::Send::done && head_.keep_alive) lease_.keep();
        co_return outcome;
    }
    bool got_nothing() const { return !got_something_; }

private:
    Task<Outcome> read_head() {
        Channel& channel = lease_.channel();
        http::ResponseParser parser(response_limits());
        for (;;) {
            if (!channel.unread().empty()) {
                got_something_ = true;
                const http::ParseResult parsed = parser.parse(channel.unread(), request_.method == "HEAD", head_);
                if (parsed.status == http::ParseStatus::failed) co_return Outcome::bad_response;
                if (parsed.status == http::ParseStatus::complete) {
                    parser.reset();
                    channel.input().pin(parsed.consumed);
                    if (head_.status == 101) co_return Outcome::bad_response;
                    if (head_.status >= 200) co_return Outcome::ok;
                    channel.input().unpin();
                    continue;
                }
            }
            const Channel::Event event = co_await channel.receive(request_.deadline);
            if (event == Channel::Event::timeout) co_return Outcome::timeout;
            if (event != Channel::Event::data) co_return Outcome::reset;
        }
    }

    Task<Outcome> read_body(Fetched& fetched) {
        Channel& channel = lease_.channel();
        fetched.status = head_.status;
        fetched.fields.clear();
        for (const http::Field& field : head_.fields) fetched.fields.emplace_back(field.name, field.value);
        channel.input().unpin();
        fetched.body.clear();
        http::BodyDecoder decoder(head_.framing, head_.content_length, response_limits(), 0);
        while (!decoder.done()) {
            const std::span<char> unread = channel.unread();
            if (!unread.empty()) {
                const http::BodyDecoder::Step step = decoder.next({unread.data(), unread.size()});
                if (step.state == http::BodyDecoder::State::failed) co_return Outcome::bad_response;
                if (fetched.body.size() + step.data.size() > request_.response_bytes_max) co_return Outcome::too_large;
                fetched.body.append(step.data);
                channel.input().consume(step.consumed);
                if (step.consumed > 0) continue;
            }
            const Channel::Event event = co_await channel.receive(request_.deadline);
            if (event == Channel::Event::timeout) co_return Outcome::timeout;
            if (event == Channel::Event::end && head_.framing == http::Framing::until_close) break;
            if (event != Channel::Event::data) co_return Outcome::reset;
        }
        co_return Outcome::ok;
    }

    Lease lease_;
    const FetchRequest& request_;
    http::ResponseHead head_;
    bool got_something_ = false;
};

bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

}  // namespace

Task<Fetched> fetch(IoLoop& loop, const Cluster& cluster, const FetchRequest& request) {
    Fetched fetched;
    fetched.outcome = Outcome::no_healthy_endpoint;
    Selection selection(loop, cluster);
    int retries_left = 1;
    std::size_t endpoint = selection.next();
    while (endpoint != Selection::kNone) {
        Pool::Acquired acquired = co_await selection.pool(endpoint).acquire(request.deadline, request.connect_timeout);
        fetched.outcome = acquired.outcome;
        if (acquired.outcome != Outcome::ok) {
            endpoint = selection.next();
            continue;
        }
        const bool was_used = acquired.lease.was_used();
        const std::string head = make_head(request, cluster.authority(endpoint));
        Attempt attempt(std::move(acquired.lease), request);
        fetched.outcome = co_await attempt.run(head, fetched);
        // A kept connection that its peer was just closing: nothing has been processed, or it may be repeated.
        const bool may_retry = fetched.outcome == Outcome::reset && attempt.got_nothing() && was_used &&
                               is_idempotent(request.method) && retries_left-- > 0;
        if (!may_retry) break;
    }
    fetched.outcome = selection.explain(fetched.outcome);
    co_return fetched;
}

}  // namespace gatehouse::upstream

#include "gateway/extensions/client_remote.hpp"

#include <algorithm>

#include "gateway/http/body_decoder.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/upstream/response_limits.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::extensions {

namespace {

constexpr Duration kStallTimeout = 30s;
constexpr Duration kConnectTimeout = 1s;
constexpr Duration kFirstPause = 20ms;

gh_status to_status(upstream::Outcome outcome) {
    switch (outcome) {
        case upstream::Outcome::ok: return GH_OK;
        case upstream::Outcome::timeout: return GH_E_TIMEOUT;
        case upstream::Outcome::too_large: return GH_E_LIMIT;
        case upstream::Outcome::canceled: return GH_E_CANCELED;
        case upstream::Outcome::no_healthy_endpoint:
        case upstream::Outcome::connect_failed:
        case upstream::Outcome::restarting:
        case upstream::Outcome::queue_full:
        case upstream::Outcome::reset:
        case upstream::Outcome::bad_response: return GH_E_UNAVAILABLE;
    }
    return GH_E_INTERNAL;
}

}  // namespace

// Waits until wake() is called for its place.
class ClientRemote::Wait final {
public:
    explicit Wait(std::coroutine_handle<>& place) : place_(place) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { place_ = waiter; }
    void await_resume() const noexcept {}

private:
    std::coroutine_handle<>& place_;
};

class ClientRemote::Pause final {
public:
    Pause(IoLoop& loop, Duration length)
        : loop_(loop), length_(length), timer_([](void* self) { static_cast<Pause*>(self)->waiter_.resume(); }, this) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        loop_.schedule(timer_, Clock::now() + length_);
    }
    void await_resume() const noexcept {}

private:
    IoLoop& loop_;
    Duration length_;
    std::coroutine_handle<> waiter_;
    TimerWheel::Entry timer_;
};

ClientRemote::ClientRemote(std::shared_ptr<ClientCall> call, std::shared_ptr<const upstream::Cluster> cluster,
                           std::string fields, RetryBudget& budget)
    : call_(std::move(call)), cluster_(std::move(cluster)), fields_(std::move(fields)), budget_(budget) {}

void ClientRemote::start() {
    budget_.note_request(cluster_->name());
    spawn(run(shared_from_this()));
}

void ClientRemote::wake(std::coroutine_handle<>& waiter) {
    if (const auto handle = std::exchange(waiter, nullptr)) {
        call_->loop().post([self = shared_from_this(), handle] { handle.resume(); });
    }
}

void ClientRemote::resume() { wake(room_waiter_); }

void ClientRemote::stop() {
    is_stopped_ = true;
    if (channel_ != nullptr) channel_->close();
    wake(room_waiter_);
    wake(piece_waiter_);
}

Task<> ClientRemote::run(std::shared_ptr<ClientRemote> self) {
    for (;;) {
        const Outcome outcome = co_await self->try_endpoints();
        if (self->is_stopped_) co_return;
        const bool wants_more = self->may_try_again(outcome);
        if (wants_more) {
            Pause pause(self->call_->loop(), kFirstPause * (1 << self->retries_++));
            co_await pause;
            if (self->is_stopped_) co_return;
            continue;
        }
        if (outcome == Outcome::ok && self->head_was_told_) {
            self->call_->on_end();
        } else {
            self->tell_failure(outcome);
        }
        co_return;
    }
}

void ClientRemote::tell_failure(Outcome outcome) {
    if (outcome == Outcome::timeout) return call_->cancel(GH_E_TIMEOUT);
    if (outcome == Outcome::ok) outcome = Outcome::no_healthy_endpoint;  // a 503 that nobody has read
    call_->on_failure(to_status(outcome), upstream::describe(outcome).reason, "the service gave no answer");
}

// Not told to the plugin yet, whole, and harmless twice.
bool ClientRemote::may_be_repeated() const {
    const ClientRequest& request = call_->request();
    return !head_was_told_ && request.pull == nullptr && retries_ < request.retries && request.is_idempotent();
}

bool ClientRemote::may_try_again(Outcome outcome) {
    if (!may_be_repeated()) return false;
    bool is_worth_it = false;
    switch (outcome) {
        case Outcome::ok: is_worth_it = response_.status == 502 || response_.status == 503; break;
        case Outcome::no_healthy_endpoint:
        case Outcome::connect_failed:
        case Outcome::restarting:
        case Outcome::queue_full: is_worth_it = true; break;
        case Outcome::reset: is_worth_it = !got_something_; break;
        case Outcome::bad_response:
        case Outcome::timeout:
        case Outcome::too_large:
        case Outcome::canceled: break;
    }
    return is_worth_it && budget_.take(cluster_->name());
}

Task<upstream::Outcome> ClientRemote::try_endpoints() {
    upstream::Selection selection(call_->loop(), *cluster_);
    Outcome outcome = Outcome::no_healthy_endpoint;
    bool may_repeat_stale = true;
    std::size_t endpoint = selection.next();
    while (endpoint != upstream::Selection::kNone) {
        upstream::Pool::Acquired acquired =
            co_await selection.pool(endpoint).acquire(call_->request().deadline, kConnectTimeout);
        if (is_stopped_) co_return Outcome::canceled;
        outcome = acquired.outcome;
        if (outcome != Outcome::ok) {
            endpoint = selection.next();
            continue;
        }
        const bool was_used = acquired.lease.was_used();
        outcome = co_await exchange(acquired.lease, endpoint);
        // A kept connection that its peer was just closing: nothing has been processed, or it may be repeated.
        const bool was_stale =
            outcome == Outcome::reset && !got_something_ && was_used && !took_body_ && call_->request().is_idempotent();
        if (is_stopped_ || !was_stale || !std::exchange(may_repeat_stale, false)) break;
    }
    co_return selection.explain(outcome);
}

void ClientRemote::write_head(std::size_t endpoint) {
    const ClientRequest& request = call_->request();
    const std::string_view target = request.target;
    const std::size_t mark = target.find('?');
    const bool has_query = mark != std::string_view::npos;
    head_.clear();
    http::append_request_line(head_, request.method, target.substr(0, mark), has_query,
                              has_query ? target.substr(mark + 1) : std::string_view());
    http::append_field(head_, "host", cluster_->authority(endpoint));
    head_ += fields_;
    if (request.pull != nullptr && request.content_length == 0) {
        http::append_field(head_, "transfer-encoding", "chunked");
    } else if (request.pull != nullptr) {
        http::append_number_field(head_, "content-length", request.content_length);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
               request.method == "PATCH") {
        http::append_number_field(head_, "content-length", request.body.size());
    }
    http::end_head(head_);
}

Task<upstream::Outcome> ClientRemote::exchange(upstream::Lease& lease, std::size_t endpoint) {
    Channel& channel = lease.channel();
    channel_ = &channel;
    got_something_ = false;
    write_head(endpoint);
    Output output;
    output.add(head_);
    output.add(call_->request().body);
    const Channel::Send sent = co_await channel.send(output, kStallTimeout);
    was_sent_ = sent == Channel::Send::done;
    if (call_->request().pull != nullptr && was_sent_ && !is_stopped_) {
        was_sent_ = false;
        is_sending_ = true;
        sending_ = &channel;
        spawn(send_pulled_body(shared_from_this()));
    }
    // A peer that refuses early may have answered before it closed: look before giving up.
    Outcome outcome = co_await receive_head(channel);
    if (outcome == Outcome::ok && !may_drop_answer()) outcome = co_await relay_body(channel);
    co_await join_sender(channel);
    channel_ = nullptr;
    const bool is_whole = head_was_told_ && outcome == Outcome::ok && was_sent_ && !is_stopped_;
    if (is_whole && response_.keep_alive && response_.framing != http::Framing::until_close) lease.keep();
    co_return is_stopped_ ? Outcome::canceled : outcome;
}

// A 502 or 503 that is going to be repeated is not worth reading.
bool ClientRemote::may_drop_answer() const {
    return (response_.status == 502 || response_.status == 503) && may_be_repeated() && budget_.has(cluster_->name());
}

Task<upstream::Outcome> ClientRemote::receive_head(Channel& channel) {
    http::ResponseParser parser(upstream::response_limits());
    for (;;) {
        if (!channel.unread().empty()) {
            got_something_ = true;
            const http::ParseResult parsed =
                parser.parse(channel.unread(), call_->request().method == "HEAD", response_);
            if (parsed.status == http::ParseStatus::failed) co_return Outcome::bad_response;
            if (parsed.status == http::ParseStatus::complete) {
                parser.reset();
                channel.input().pin(parsed.consumed);
                if (response_.status == 101) co_return Outcome::bad_response;
                if (response_.status >= 200) co_return Outcome::ok;
                channel.input().unpin();
                continue;
            }
        }
        const Channel::Event event = co_await channel.receive(call_->request().deadline);
        if (is_stopped_) co_return Outcome::canceled;
        if (event == Channel::Event::timeout) co_return Outcome::timeout;
        if (event != Channel::Event::data) co_return Outcome::reset;
    }
}

// REQUIRES: the head is pinned.
Task<upstream::Outcome> ClientRemote::relay_body(Channel& channel) {
    ClientFields fields;
    for (const http::Field& field : response_.fields) fields.emplace_back(field.name, field.value);
    channel.input().unpin();
    head_was_told_ = true;
    call_->on_head(response_.status, std::move(fields));
    http::BodyDecoder decoder(response_.framing, response_.content_length, upstream::response_limits(), 0);
    while (!decoder.done() && !is_stopped_) {
        if (!call_->has_room()) {
            Wait room(room_waiter_);
            co_await room;
            continue;
        }
        const std::span<char> unread = channel.unread();
        if (!unread.empty()) {
            const http::BodyDecoder::Step step = decoder.next({unread.data(), unread.size()});
            if (step.state == http::BodyDecoder::State::failed) co_return Outcome::bad_response;
            call_->on_piece(step.data);  // copies
            if (is_stopped_) break;
            channel.input().consume(step.consumed);
            if (step.consumed > 0) continue;
        }
        const Channel::Event event = co_await channel.receive(call_->request().deadline);
        if (is_stopped_) break;
        if (event == Channel::Event::timeout) co_return Outcome::timeout;
        if (event == Channel::Event::end && response_.framing == http::Framing::until_close) co_return Outcome::ok;
        if (event != Channel::Event::data) co_return Outcome::reset;
    }
    co_return is_stopped_ ? Outcome::canceled : Outcome::ok;
}

// Beside the coroutine that reads.
Task<> ClientRemote::send_pulled_body(std::shared_ptr<ClientRemote> self) {
    const bool is_chunked = self->call_->request().content_length == 0;
    std::uint64_t left = self->call_->request().content_length;
    std::string chunk_start;
    bool is_good = true, is_complete = false;
    while (is_good && !is_complete && !self->is_stopped_ && self->sending_ != nullptr) {
        self->has_piece_ = false;
        self->call_->pull([self](gh_status status, gh_bytes piece) {
            self->piece_status_ = status;
            self->piece_ = piece;
            self->has_piece_ = true;
            if (const auto handle = std::exchange(self->piece_waiter_, nullptr)) handle.resume();
        });
        Wait wait(self->piece_waiter_);
        co_await wait;
        if (!self->has_piece_) break;  // woken because nobody wants the rest
        gh_bytes piece = std::exchange(self->piece_, gh_bytes{});
        const std::string_view text(reinterpret_cast<const char*>(piece.ptr), piece.len);
        Output output;
        self->took_body_ = true;
        is_complete = self->piece_status_ == GH_END;
        is_good = (self->piece_status_ == GH_OK || is_complete) && (is_chunked || text.size() <= left) &&
                  self->sending_ != nullptr;
        if (is_complete && !is_chunked && left > 0) is_good = false;
        left -= std::min<std::uint64_t>(left, text.size());
        chunk_start.clear();
        if (is_chunked && !text.empty()) {
            http::append_chunk_start(chunk_start, text.size());
            output.add(chunk_start);
        }
        output.add(text);
        if (is_chunked && !text.empty()) output.add(http::kChunkEnd);
        if (is_chunked && is_complete) output.add(http::kLastChunk);
        if (is_good && !output.empty()) {
            const Channel::Send sent = co_await self->sending_->send(output, kStallTimeout);
            is_good = sent == Channel::Send::done;
        }
        const gh_status status = self->piece_status_;
        release(piece);
        if (status < 0) self->call_->on_failure(status, "body_failed", "the request's body was given up");
    }
    self->is_sending_ = false;
    self->was_sent_ = is_good && is_complete;
    if (!self->was_sent_ && self->sending_ != nullptr && self->channel_ != nullptr && !self->head_was_told_) {
        self->channel_->shutdown_send();
    }
    self->wake(self->sender_waiter_);
}

// An answer that is complete before the body is: the rest of the body is not sent.
Task<> ClientRemote::join_sender(Channel& channel) {
    if (!is_sending_) co_return;
    sending_ = nullptr;
    channel.close();
    wake(piece_waiter_);
    Wait wait(sender_waiter_);
    co_await wait;
}

}  // namespace gatehouse::extensions

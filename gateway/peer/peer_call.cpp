#include "gateway/peer/peer_call.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <coroutine>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/call_request.hpp"
#include "gateway/pipeline/problem.hpp"
#include "gateway/upstream/call_fields.hpp"
#include "gateway/upstream/fetch.hpp"

namespace gatehouse::peer {

namespace {

constexpr Duration kTimeoutMax = 15s;
constexpr std::size_t kResponseBytesMax = 16 * 1024 * 1024;

gh_str view(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(gh_str text) { return {text.ptr, text.len}; }

// Fields of the connection and of the gateway itself are no part of what one service says to another.
bool is_kept(std::string_view name) {
    static constexpr std::array<std::string_view, 14> kDropped = {
        "host", "connection", "content-length", "transfer-encoding", "te",  "upgrade", "keep-alive",
        "date", "server",     "x-request-id",   "traceparent",       "via", "trailer", "expect"};
    return std::find(kDropped.begin(), kDropped.end(), name) == kDropped.end() && !name.starts_with("x-user-") &&
           !name.starts_with("x-session-") && !name.starts_with("x-gatehouse-");
}

Duration timeout_of(const http::RequestHead& request) {
    const http::Field* field = http::find_field(request.fields, upstream::kTimeoutField);
    if (field == nullptr) return kTimeoutMax;
    std::uint32_t milliseconds = 0;
    const char* const end = field->value.data() + field->value.size();
    const auto [stopped, failure] = std::from_chars(field->value.data(), end, milliseconds);
    if (failure != std::errc{} || stopped != end) return kTimeoutMax;
    return std::min<Duration>(kTimeoutMax, std::chrono::milliseconds(milliseconds));
}

// Waits for the end of a call or for its deadline, whatever comes first. Shared: the end may come after the deadline.
struct Wait {
    explicit Wait(IoLoop& loop_in) : loop(loop_in), timer([](void* wait) { static_cast<Wait*>(wait)->wake(); }, this) {}
    bool await_ready() const noexcept { return has_ended; }
    void await_suspend(std::coroutine_handle<> caller) { waiter = caller; }
    void await_resume() const noexcept {}
    void wake() {
        loop.cancel(timer);
        if (waiter) std::exchange(waiter, nullptr).resume();
    }
    IoLoop& loop;
    TimerWheel::Entry timer;
    std::coroutine_handle<> waiter;
    bool has_ended = false;
};

void take_answer(void* exchange, gh_status, const gh_call_response* response, const gh_error*) {
    pipeline::LocalReply& reply = static_cast<pipeline::Exchange*>(exchange)->reply;
    reply.status = response->code;
    reply.is_whole = true;
    for (std::size_t i = 0; i < response->n_headers; ++i) {
        const std::string_view name = view(response->headers[i].key);
        if (is_kept(name)) reply.fields.emplace_back(name, view(response->headers[i].val));
    }
    reply.body = view(response->body);
}

void set_failure(pipeline::Exchange& exchange, gh_status status) {
    switch (status) {
        case GH_E_TIMEOUT: pipeline::set_error(exchange, 504, "upstream_timeout", "The service was too slow."); return;
        case GH_E_LIMIT: pipeline::set_error(exchange, 502, "upstream_too_large", "The answer is too large."); return;
        default: pipeline::set_error(exchange, 502, "plugin_failed", "The service gave no answer."); return;
    }
}

}  // namespace

PeerCall::PeerCall(pipeline::Exchange& exchange, std::string_view service, std::string_view body)
    : exchange_(exchange), target_(exchange.request.path), deadline_(Clock::now() + timeout_of(exchange.request)) {
    const http::RequestHead& request = exchange.request;
    if (request.has_query) target_.append("?").append(request.query);
    for (const http::Field& field : request.fields) {
        if (is_kept(field.name)) headers_.push_back({view(field.name), view(field.value)});
    }
    const pipeline::Identity& identity = exchange.identity;
    for (const std::string& role : identity.roles) roles_.push_back(view(role));
    identity_.size = sizeof(identity_);
    identity_.subject = view(identity.id);
    identity_.name = view(identity.name);
    identity_.session = view(identity.session);
    identity_.roles = roles_.data();
    identity_.n_roles = roles_.size();

    request_.size = sizeof(request_);
    request_.service = view(service);
    request_.method = view(request.method);
    request_.target = view(target_);
    request_.headers = headers_.data();
    request_.n_headers = headers_.size();
    request_.body = view(body);
    request_.identity = &identity_;
    request_.deadline_ns = to_nanoseconds(deadline_);
    const http::Field* id = http::find_field(request.fields, "x-request-id");
    const http::Field* trace = http::find_field(request.fields, "traceparent");
    if (id != nullptr) request_.request_id = view(id->value);
    if (trace != nullptr) request_.trace_parent = view(trace->value);
}

Task<bool> PeerCall::run(const std::shared_ptr<host::Generation>& generation) {
    IoLoop& loop = *exchange_.loop;
    const auto call = std::make_shared<host::CallRequest>(request_, exchange_.identity.service, loop, deadline_);
    const auto wait = std::make_shared<Wait>(loop);
    call->begin(generation, [wait] {
        wait->has_ended = true;
        wait->wake();
    });
    loop.schedule(wait->timer, deadline_);
    Wait& waiting = *wait;
    co_await waiting;
    if (!wait->has_ended) {
        call->give_up();
        set_failure(exchange_, GH_E_TIMEOUT);
        co_return true;
    }
    const gh_status outcome = call->outcome();
    if (outcome == GH_PENDING) co_return false;
    if (outcome == GH_OK) {
        call->deliver(&take_answer, &exchange_);
    } else {
        set_failure(exchange_, outcome);
    }
    co_return true;
}

Task<> PeerCall::forward(const upstream::Cluster& cluster, const upstream::AssertionSigner* signer) {
    upstream::FetchRequest question;
    question.method = view(request_.method);
    question.target = target_;
    question.fields = upstream::call_fields(request_, exchange_.identity.service, cluster, signer);
    question.body = view(request_.body);
    question.deadline = deadline_;
    question.response_bytes_max = kResponseBytesMax;
    upstream::Fetched fetched = co_await upstream::fetch(*exchange_.loop, cluster, question);
    if (fetched.outcome != upstream::Outcome::ok) {
        const upstream::OutcomeText text = upstream::describe(fetched.outcome);
        pipeline::set_error(exchange_, text.status, text.reason, "The service gave no answer.");
        co_return;
    }
    pipeline::LocalReply& reply = exchange_.reply;
    reply.status = fetched.status;
    reply.is_whole = true;
    for (auto& [name, value] : fetched.fields) {
        if (is_kept(name)) reply.fields.emplace_back(std::move(name), std::move(value));
    }
    reply.body = std::move(fetched.body);
}

}  // namespace gatehouse::peer

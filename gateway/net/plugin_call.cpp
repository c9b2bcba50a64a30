#include "gateway/net/plugin_call.hpp"

#include <algorithm>

#include "gateway/http/serializer.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/net/plugin_access.hpp"
#include "gateway/pipeline/forward_head.hpp"
#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/problem.hpp"

namespace gatehouse::net {

namespace {

constexpr std::size_t kKeptBodyCapacity = 64 * 1024;

}  // namespace

PluginCall::PluginCall(ClientSide& client)
    : client_(client),
      deadline_timer_([](void* call) { static_cast<PluginCall*>(call)->on_deadline(); }, this),
      head_alone_timer_([](void* call) { static_cast<PluginCall*>(call)->on_head_alone(); }, this) {}

void PluginCall::release(gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
    bytes = {};
}

void PluginCall::reset() {
    is_ended_ = is_late_ = is_answered_late_ = is_canceled_ = is_flushing_ = is_reading_ = gave_whole_body_ = false;
    stream_output_ = Output();
    cancel_done_ = nullptr;
    stream_done_ = nullptr;
    stream_length_.reset();
    stream_bytes_ = 0;
    fields_.clear();
    body_text_.clear();
    if (body_text_.capacity() > kKeptBodyCapacity) body_text_.shrink_to_fit();
}

Task<bool> PluginCall::run(host::Generation& generation, const pipeline::RoutePlan& plan) {
    const host::Generation::Place place(generation, client_.loop());
    if (!place) co_return false;
    reset();
    generation_ = &generation;
    client_.exchange().plugin_generation = generation.number();
    if (client_.exchange().snapshot->configuration.gateway.plugins.debug_header) {
        client_.exchange().response_fields += "gatehouse-plugin-generation: " + std::to_string(generation.number());
        client_.exchange().response_fields += "\r\n";
    }
    if (!find_route(generation, plan)) {
        co_await client_.send_reply();
        co_return true;
    }
    if (!client_.body().is_whole() && !route_->streams_in()) {
        const bool is_complete = co_await prepare_body();
        if (!is_complete) co_return true;
    }
    const pipeline::Exchange& exchange = client_.exchange();
    deadline_ = exchange.deadline;
    if (route_->timeout_ms != 0) {
        deadline_ = std::min(deadline_, exchange.received + std::chrono::milliseconds(route_->timeout_ms));
    }
    const RequestBody& body = client_.body();
    const std::string_view text = body.is_whole() ? body.whole() : std::string_view(body_text_);
    const bool is_unknown = route_->streams_in() && exchange.request.framing == http::Framing::chunked;
    const std::uint64_t length = route_->streams_in() ? exchange.request.content_length : text.size();
    const PluginView::Body given{text, route_->streams_in(), is_unknown ? UINT64_MAX : length};
    const gh_request_view& view = view_.fill(exchange, path_, given, deadline_);

    phase_.store(Phase::open, std::memory_order_release);
    is_dispatching_ = true;
    const host::Dispatch result = generation.dispatch(client_.loop(), *route_, *this, view, &place);
    is_dispatching_ = false;
    if (result != host::Dispatch::started) {
        phase_.store(Phase::idle, std::memory_order_relaxed);
        refuse_dispatch(result);
        if (result != host::Dispatch::draining) generation.told(client_.loop(), client_.exchange().reply.status);
        co_await client_.send_reply();
        co_return true;
    }
    if (!is_ended_) co_await wait_for_end();
    client_.loop().cancel(head_alone_timer_);
    if (!is_answered_late_) co_await answer();
    release(answer_body_);
    const bool is_timed = generation.is_timed() && !route_->streams_in() && stream_bytes_ == 0;
    generation.ended(client_.loop(), *route_, *this, is_answered_late_ ? 0 : client_.exchange().status,
                     is_timed ? Clock::now() - exchange.received : Duration::zero());
    phase_.store(Phase::idle, std::memory_order_relaxed);
    co_return true;
}

// Fills route_ and path_. False: exchange.reply says why not.
bool PluginCall::find_route(host::Generation& generation, const pipeline::RoutePlan& plan) {
    pipeline::Exchange& exchange = client_.exchange();
    path_ = pipeline::upstream_path(exchange, plan, path_storage_);
    const host::PluginRouteTable& routes = generation.routes();
    switch (routes.find(exchange.request.method, path_, route_, view_.captures())) {
        case host::PluginMatch::found: break;
        case host::PluginMatch::not_found:
            pipeline::set_error(exchange, 404, "no_route", "Nothing is served at this path.");
            return false;
        case host::PluginMatch::method_not_allowed:
            pipeline::set_error(exchange, 405, "method_not_allowed", "This resource does not answer that method.");
            exchange.reply.fields.emplace_back("allow", routes.allowed_methods(path_));
            return false;
    }
    if (!admit(exchange, *route_)) return false;
    if (route_->max_body != 0) {
        const std::uint64_t bytes_max = std::min(route_->max_body, pipeline::body_bytes_max(exchange));
        const std::uint64_t announced = exchange.request.content_length;
        if (announced > bytes_max) {
            pipeline::set_error(exchange, 413, "body_too_large", "The body is larger than this resource accepts.");
            return false;
        }
        client_.body().set_limit(bytes_max);
    }
    return true;
}

Task<bool> PluginCall::prepare_body() {
    const bool is_complete = co_await client_.collect_body(body_text_);
    if (is_complete) co_return true;
    const ClientSide::BodyFailure& failure = client_.body_failure();
    if (failure.status != 0) {
        pipeline::set_error(client_.exchange(), failure.status, failure.reason, failure.detail);
        co_await client_.send_reply();
    }
    co_return false;
}

bool PluginCall::refuse_dispatch(host::Dispatch result) {
    pipeline::Exchange& exchange = client_.exchange();
    switch (result) {
        case host::Dispatch::started: return false;
        case host::Dispatch::queue_full:
        case host::Dispatch::too_many_in_flight:
            pipeline::set_error(exchange, 503, "queue_full", "The service is busy.");
            break;
        case host::Dispatch::draining:
            pipeline::set_error(exchange, 503, "plugin_draining", "The service is being replaced.");
            break;
        case host::Dispatch::stalled:
            pipeline::set_error(exchange, 503, "plugin_stalled", "The service hangs.");
            exchange.reply.fields.emplace_back("retry-after", "5");
            return true;
    }
    exchange.reply.fields.emplace_back("retry-after", "1");
    return true;
}

struct PluginCall::Wait {
    explicit Wait(PluginCall& call_in) : call(call_in) {}
    PluginCall& call;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) { call.waiter_ = waiter; }
    void await_resume() const noexcept {}
};

Task<> PluginCall::wait_for_end() {
    if (client_.body().done()) client_.channel().read_ahead();
    if (deadline_ != TimePoint::max()) client_.loop().schedule(deadline_timer_, deadline_);
    for (;;) {
        if (is_late_ && !is_ended_ && !is_answered_late_) {
            co_await answer_late();
            continue;
        }
        if (is_ended_ && is_reading_) client_.channel().interrupt_receive();
        if (is_ended_ && !is_reading_ && !is_flushing_) break;
        Wait wait(*this);
        co_await wait;
    }
    client_.loop().cancel(deadline_timer_);
}

void PluginCall::wake() {
    if (waiter_) std::exchange(waiter_, nullptr).resume();
}

// The client is answered in the plugin's place; the request itself stays open.
Task<> PluginCall::answer_late() {
    is_answered_late_ = true;
    client_.close_after_response();
    if (client_.is_gone()) co_return;
    if (client_.head_was_sent()) {
        client_.cut();
        co_return;
    }
    generation_->told(client_.loop(), 504);
    pipeline::set_error(client_.exchange(), 504, "plugin_timeout", "The service did not answer in time.");
    co_await client_.send_reply();
    client_.channel().shutdown_send();
}

Task<> PluginCall::answer() {
    if (client_.is_gone()) co_return;
    const Phase phase = phase_.load(std::memory_order_acquire);
    if (phase == Phase::finishing) co_return;
    if (phase == Phase::aborted) {
        if (client_.head_was_sent()) {
            if (client_.may_have_body(status_)) client_.cut();
            co_return;
        }
        pipeline::set_error(client_.exchange(), 500, "plugin_failed", "The service failed.");
        co_await client_.send_reply();
        co_return;
    }
    client_.begin_head(status_);
    client_.head().append(fields_);
    const bool has_length = status_ != 204 && status_ != 304;
    client_.end_head(has_length ? http::Framing::length : http::Framing::none,
                     stream_length_.value_or(answer_body_.len));
    client_.note_head_sent();
    Output output;
    output.add(client_.head());
    if (client_.may_have_body(status_)) {
        output.add({reinterpret_cast<const char*>(answer_body_.ptr), answer_body_.len});
    }
    const Channel::Send sent = co_await client_.channel().send(output, client_.server().timeouts().write);
    client_.note_sent(sent);
}

gh_status PluginCall::reply(const gh_response& response) noexcept {
    gh_bytes body = response.body;
    Phase expected = Phase::open;
    if (!phase_.compare_exchange_strong(expected, Phase::answering, std::memory_order_acq_rel)) {
        release(body);
        return GH_E_STATE;
    }
    fields_.clear();
    stream_length_.reset();
    const bool is_head = client_.exchange().request.method == "HEAD";
    const bool is_good = response.code >= 200 && response.code <= 599 &&
                         append_response_fields(fields_, response, stream_length_) &&
                         (!stream_length_ || *stream_length_ == body.len || (is_head && body.len == 0));
    if (!is_good) {
        release(body);
        phase_.store(Phase::open, std::memory_order_release);
        return GH_E_INVALID;
    }
    status_ = response.code;
    answer_body_ = body;
    end_from_plugin();
    return GH_OK;
}

void PluginCall::abort(const gh_error*) noexcept {
    Phase phase = phase_.load(std::memory_order_acquire);
    do {
        if (phase != Phase::open && phase != Phase::streaming) return;
    } while (!phase_.compare_exchange_weak(phase, Phase::aborted, std::memory_order_acq_rel));
    end_from_plugin();
}

// Inside dispatch() run() looks by itself; else it is told on the loop, never from within the plugin's call.
void PluginCall::end_from_plugin() {
    if (client_.loop().is_current() && is_dispatching_) {
        is_ended_ = true;
    } else {
        client_.server().mailbox().post(*this);
    }
}

void PluginCall::deliver() {
    is_ended_ = true;
    wake();
}

void PluginCall::on_deadline() {
    is_late_ = true;
    tell_canceled(GH_E_TIMEOUT);
    wake();
}

void PluginCall::tell_canceled(gh_status status) {
    if (is_canceled_) return;
    is_canceled_ = true;
    const Phase phase = phase_.load(std::memory_order_acquire);
    if (phase != Phase::open && phase != Phase::streaming) return;  // ended: its context may be gone
    if (cancel_done_ == nullptr) return;
    const host::Breadcrumb here = breadcrumb();
    std::exchange(cancel_done_, nullptr)(cancel_context_, status, nullptr);
}

host::Breadcrumb PluginCall::breadcrumb() const {
    return {*route_, to_gh(client_.exchange().request_id), host::Activity::callback};
}

gh_status PluginCall::on_cancel(gh_done done, void* context) noexcept {
    if (is_canceled_) return GH_E_CANCELED;
    cancel_done_ = done;
    cancel_context_ = context;
    return GH_OK;
}

}  // namespace gatehouse::net

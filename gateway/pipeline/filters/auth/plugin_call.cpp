#include "gateway/pipeline/filters/auth/plugin_call.hpp"

#include <ctime>
#include <utility>

namespace gatehouse::pipeline {

namespace {

constexpr std::size_t kAnswerFieldsMax = 64;

std::string_view view_of(gh_str text) { return {text.ptr, text.len}; }
gh_str text_of(std::string_view text) { return {text.data(), text.size()}; }

void release(const gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
}

}  // namespace

PluginCall::PluginCall(IoLoop& loop, std::shared_ptr<const PluginTarget> target)
    : loop_(loop), target_(std::move(target)), timer_(&PluginCall::on_timeout, this) {}

PluginCall::~PluginCall() = default;

bool PluginCall::begin(const Exchange& exchange, TimePoint deadline) {
    request_.build(exchange, *target_->authenticator);
    decision_.clear();
    answered_ = started_ = false;
    cancel_ = nullptr;
    waiter_ = {};
    deadline_ = deadline;
    fill_view(deadline);
    dispatching_ = true;
    const auto dispatched = target_->generation->dispatch(loop_, *target_->route, *this, view_);
    dispatching_ = false;
    if (dispatched != host::Dispatch::started) return answered_ = true;  // nothing was called: unavailable
    if (answered_) target_->generation->ended(loop_, *target_->route, *this);
    return answered_;
}

void PluginCall::fill_view(TimePoint deadline) {
    view_ = {};
    headers_.clear();
    for (const http::Field& field : request_.fields()) headers_.push_back({text_of(field.name), text_of(field.value)});
    view_.size = sizeof view_;
    view_.method = text_of("GET");
    view_.target = text_of(request_.target());
    view_.path = text_of(request_.path());
    view_.query = text_of(request_.query());
    view_.authority = text_of(request_.authority());
    view_.remote_addr = text_of(request_.remote_address());
    view_.request_id = text_of(request_.request_id());
    view_.trace_parent = text_of(request_.trace_parent());
    view_.headers = headers_.data();
    view_.n_headers = headers_.size();
    view_.deadline_ns = deadline == TimePoint::max() ? 0 : to_nanoseconds(deadline);
    view_.body = text_of("");
}

void PluginCall::wait(std::coroutine_handle<> caller) {
    waiter_ = caller;
    loop_.schedule(timer_, deadline_);
}

void PluginCall::on_timeout(void* self) {
    auto& call = *static_cast<PluginCall*>(self);
    std::exchange(call.waiter_, {}).resume();  // its owner sees that there is no answer, and abandons the call
}

void PluginCall::abandon(std::unique_ptr<PluginCall> call) {
    PluginCall& abandoned = *call;
    abandoned.self_ = std::move(call);
    if (const gh_done cancel = std::exchange(abandoned.cancel_, nullptr)) {
        cancel(abandoned.cancel_context_, GH_E_CANCELED, nullptr);  // may end the request, and with it the call
    }
}

void PluginCall::decide(const gh_response& response) noexcept {
    if (response.n_headers > kAnswerFieldsMax) return decision_.clear();
    try {
        answer_fields_.clear();
        for (std::size_t i = 0; i < response.n_headers; ++i) {
            answer_fields_.push_back({view_of(response.headers[i].key), view_of(response.headers[i].val)});
        }
        VerifierAnswer answer;
        answer.status = response.code;
        answer.fields = answer_fields_;
        answer.body = {reinterpret_cast<const char*>(response.body.ptr), response.body.len};
        target_->reader.read(answer, std::time(nullptr), decision_);
    } catch (...) {  // out of memory: no answer
        decision_.clear();
    }
}

// The end of the request as the plugin sees it. On this loop's own stack it is noted; otherwise the loop is told.
void PluginCall::complete() noexcept {
    if (loop_.is_current() && dispatching_) {
        answered_ = true;
        return;
    }
    loop_.post([this] { on_ended(); });
}

void PluginCall::on_ended() {
    target_->generation->ended(loop_, *target_->route, *this);
    if (self_ != nullptr) {
        const auto last = std::move(self_);
        return;
    }
    loop_.cancel(timer_);
    answered_ = true;
    if (waiter_) std::exchange(waiter_, {}).resume();
}

gh_status PluginCall::reply(const gh_response& response) noexcept {
    if (started_) return GH_E_STATE;
    decide(response);
    release(response.body);
    complete();
    return GH_OK;
}

gh_status PluginCall::start(const gh_response& response) noexcept {
    if (started_) return GH_E_STATE;
    started_ = true;
    decide(response);
    release(response.body);
    return GH_OK;
}

gh_status PluginCall::write(gh_bytes chunk, gh_done, void*) noexcept {
    if (decision_.outcome == Decision::Outcome::denied) {
        try {
            decision_.body.append(reinterpret_cast<const char*>(chunk.ptr), chunk.len);
            if (decision_.body.size() > kVerifierBodyBytesMax) decision_.clear();
        } catch (...) {  // out of memory: no answer
            decision_.clear();
        }
    }
    release(chunk);
    return GH_OK;
}

gh_status PluginCall::finish(const gh_kv*, std::size_t) noexcept {
    if (!started_) return GH_E_STATE;
    complete();
    return GH_OK;
}

void PluginCall::abort(const gh_error*) noexcept {
    decision_.clear();
    complete();
}

gh_status PluginCall::read(gh_bytes* out, gh_read_done, void*) noexcept {
    if (out != nullptr) *out = {};
    return GH_END;
}

void PluginCall::on_drain_deadline() noexcept {
    if (const gh_done cancel = std::exchange(cancel_, nullptr)) cancel(cancel_context_, GH_E_CANCELED, nullptr);
}

gh_status PluginCall::on_cancel(gh_done done, void* context) noexcept {
    cancel_ = done;
    cancel_context_ = context;
    return GH_OK;
}

}  // namespace gatehouse::pipeline

#include "gateway/host/call_request.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/lent_bytes.hpp"

namespace gatehouse::host {

namespace {

std::string copy(gh_str text) { return text.len == 0 ? std::string() : std::string(text.ptr, text.len); }
gh_str view(const std::string& text) { return {text.data(), text.size()}; }
void release(const gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
}

}  // namespace

CallRequest::CallRequest(const gh_call_request& request, const std::string& calling_service, IoLoop& loop,
                         TimePoint deadline)
    : loop_(loop),
      deadline_(deadline),
      method_(copy(request.method)),
      target_(copy(request.target)),
      request_id_(copy(request.request_id)),
      trace_parent_(copy(request.trace_parent)),
      body_(copy(request.body)) {
    for (std::size_t i = 0; i < request.n_headers; ++i) {
        header_texts_.emplace_back(ascii::lower(copy(request.headers[i].key)), copy(request.headers[i].val));
    }
    for (const auto& [key, value] : header_texts_) headers_.push_back({view(key), view(value)});
    copy_identity(request.identity, calling_service);

    view_.size = sizeof(view_);
    view_.method = view(method_);
    view_.target = view(target_);
    const std::size_t question = std::min(target_.find('?'), target_.size());
    view_.path = {target_.data(), question};
    if (question < target_.size()) view_.query = {target_.data() + question + 1, target_.size() - question - 1};
    view_.request_id = view(request_id_);
    view_.trace_parent = view(trace_parent_);
    view_.headers = headers_.data();
    view_.n_headers = headers_.size();
    view_.identity = &identity_;
    view_.deadline_ns = to_nanoseconds(deadline);
    view_.content_length = body_.size();
}

void CallRequest::copy_identity(const gh_identity* identity, const std::string& calling_service) {
    service_ = calling_service;
    if (identity != nullptr) {
        subject_ = copy(identity->subject);
        name_ = copy(identity->name);
        session_ = copy(identity->session);
        for (std::size_t i = 0; i < identity->n_roles; ++i) role_texts_.push_back(copy(identity->roles[i]));
    }
    for (const std::string& role : role_texts_) roles_.push_back(view(role));
    identity_.size = sizeof(identity_);
    identity_.flags = GH_IDENTITY_SERVICE;
    identity_.subject = view(subject_);
    identity_.name = view(name_);
    identity_.session = view(session_);
    identity_.service = view(service_);
    identity_.roles = roles_.data();
    identity_.n_roles = roles_.size();
}

// False: refused already.
bool CallRequest::find_route(const Generation& generation) {
    const std::string_view path(view_.path.ptr, view_.path.len);
    switch (generation.routes().find(method_, path, route_, captures_)) {
        case PluginMatch::not_found: refuse(404, "no_route", "Not Found"); return false;
        case PluginMatch::method_not_allowed: refuse(405, "method_not_allowed", "Method Not Allowed"); return false;
        case PluginMatch::found: break;
    }
    if (!admits_caller()) {
        refuse(403, "forbidden", "Forbidden");
        return false;
    }
    if (route_->max_body != 0 && body_.size() > route_->max_body) {
        refuse(413, "body_too_large", "Content Too Large");
        return false;
    }
    view_.params = captures_.data();
    view_.n_params = captures_.size();
    if (!route_->streams_in()) view_.body = {body_.empty() ? "" : body_.data(), body_.size()};
    return true;
}

gh_status CallRequest::run(const std::shared_ptr<Generation>& generation, gh_error& error) {
    if (!find_route(*generation)) return GH_OK;
    if (const gh_status status = dispatch(generation); status != GH_OK) {
        error.status = status;
        return status;
    }
    std::unique_lock lock(mutex_);
    if (!ended_.wait_until(lock, deadline_, [this] { return has_ended_; })) {
        lock.unlock();
        loop_.post([self = shared_from_this()] { self->tell_canceled(GH_E_TIMEOUT); });
        return error.status = GH_E_TIMEOUT;
    }
    if (is_drained_) return GH_PENDING;
    if (too_large_) return error.status = GH_E_LIMIT;
    return aborted_ ? error.status = GH_E_INTERNAL : GH_OK;
}

void CallRequest::begin(const std::shared_ptr<Generation>& generation, std::function<void()> ended) {
    on_end_ = std::move(ended);
    if (!find_route(*generation)) {
        route_ = nullptr;
        end();
        return;
    }
    self_ = shared_from_this();
    generation_ = generation;
    on_loop_ = true;
    const Dispatch result = generation->dispatch(loop_, *route_, *this, view_);
    if (result == Dispatch::started) return;
    route_ = nullptr;
    if (result == Dispatch::draining) {
        is_drained_ = true;
    } else {
        refuse(503, "queue_full", "Service Unavailable");
    }
    end();
}

gh_status CallRequest::outcome() {
    std::scoped_lock lock(mutex_);
    if (is_drained_) return GH_PENDING;
    if (too_large_) return GH_E_LIMIT;
    return aborted_ ? GH_E_INTERNAL : GH_OK;
}

// As over HTTP: the calling service may reach internal routes, but it has no roles other than its user's.
bool CallRequest::admits_caller() const {
    const auto is_held = [this](const std::string& role) {
        return std::find(role_texts_.begin(), role_texts_.end(), role) != role_texts_.end();
    };
    return route_->roles.empty() || std::any_of(route_->roles.begin(), route_->roles.end(), is_held);
}

// Blocking handlers run right here; a handler for a loop is sent to one.
gh_status CallRequest::dispatch(const std::shared_ptr<Generation>& generation) {
    self_ = shared_from_this();
    generation_ = generation;
    on_loop_ = !route_->is_blocking();
    if (on_loop_) {
        loop_.post([self = shared_from_this()] {
            const Dispatch result = self->generation_->dispatch(self->loop_, *self->route_, *self, self->view_);
            if (result == Dispatch::started) return;
            self->on_loop_ = false;
            self->route_ = nullptr;
            if (result == Dispatch::draining) {
                self->is_drained_ = true;
            } else {
                self->refuse(503, "queue_full", "Service Unavailable");
            }
            self->end();
        });
        return GH_OK;
    }
    const Dispatch result = generation->dispatch_here(*route_, *this, view_);
    if (result == Dispatch::started) return GH_OK;
    self_.reset();
    return result == Dispatch::draining ? GH_PENDING : GH_E_LIMIT;
}

void CallRequest::deliver(gh_call_done done, void* context) const {
    std::vector<gh_kv> fields;
    fields.reserve(answer_fields_.size());
    for (const auto& [key, value] : answer_fields_) fields.push_back({view(key), view(value)});
    const gh_call_response response{sizeof(gh_call_response), code_, fields.data(), fields.size(), view(answer_body_)};
    done(context, GH_OK, &response, nullptr);
}

void CallRequest::refuse(int code, std::string_view reason, std::string_view title) {
    std::scoped_lock lock(mutex_);
    code_ = code;
    answer_fields_.emplace_back("content-type", "application/problem+json");
    answer_fields_.emplace_back("gatehouse-error", reason);
    answer_body_ =
        R"({"type":"about:blank","title":")" + std::string(title) + R"(","status":)" + std::to_string(code) + "}";
}

bool CallRequest::take_head(const gh_response& response) {
    if (started_ || has_ended_ || response.code < 200 || response.code > 599) return false;
    started_ = true;
    code_ = response.code;
    for (std::size_t i = 0; i < response.n_headers; ++i) {
        answer_fields_.emplace_back(copy(response.headers[i].key), copy(response.headers[i].val));
    }
    return true;
}

bool CallRequest::take_body(const gh_bytes& chunk) {
    if (answer_body_.size() + chunk.len > kBodyBytesMax) {
        too_large_ = true;
    } else if (chunk.len != 0) {
        answer_body_.append(reinterpret_cast<const char*>(chunk.ptr), chunk.len);
    }
    release(chunk);
    return !too_large_;
}

gh_status CallRequest::reply(const gh_response& response) noexcept {
    {
        std::scoped_lock lock(mutex_);
        if (!take_head(response)) {
            release(response.body);
            return GH_E_STATE;
        }
        take_body(response.body);
    }
    end();
    return GH_OK;
}

gh_status CallRequest::start(const gh_response& response) noexcept {
    std::scoped_lock lock(mutex_);
    if (!take_head(response)) {
        release(response.body);
        return GH_E_STATE;
    }
    return take_body(response.body) ? GH_OK : GH_E_LIMIT;
}

gh_status CallRequest::write(gh_bytes chunk, gh_done, void*) noexcept {
    std::scoped_lock lock(mutex_);
    return take_body(chunk) ? GH_OK : GH_E_LIMIT;
}

gh_status CallRequest::finish(const gh_kv*, std::size_t) noexcept {
    end();
    return GH_OK;
}

void CallRequest::abort(const gh_error*) noexcept {
    {
        std::scoped_lock lock(mutex_);
        aborted_ = true;
    }
    end();
}

gh_status CallRequest::read(gh_bytes* out, gh_read_done, void*) noexcept {
    if (body_was_read_ || body_.empty()) return GH_END;
    body_was_read_ = true;
    *out = lend(generation_->table().operations(), body_);
    return out->ptr != nullptr ? GH_OK : GH_E_INTERNAL;
}

gh_status CallRequest::on_cancel(gh_done done, void* context) noexcept {
    std::scoped_lock lock(mutex_);
    cancel_done_ = done;
    cancel_context_ = context;
    return GH_OK;
}

void CallRequest::tell_canceled(gh_status status) {
    gh_done done = nullptr;
    {
        std::scoped_lock lock(mutex_);
        if (!has_ended_) done = std::exchange(cancel_done_, nullptr);
    }
    if (done == nullptr) return;
    const Breadcrumb here(*route_, view_.request_id, Activity::callback);
    done(cancel_context_, status, nullptr);
}

void CallRequest::end() {
    // `keep` is the last owner when the caller has given up already.
    const std::shared_ptr<CallRequest> keep = std::move(self_);
    if (route_ != nullptr && on_loop_) {
        loop_.post([self = shared_from_this()] { self->generation_->ended(self->loop_, *self->route_, *self); });
    } else if (route_ != nullptr) {
        generation_->ended_here(*route_);
    }
    std::scoped_lock lock(mutex_);
    has_ended_ = true;
    ended_.notify_all();
    if (on_end_) loop_.post(std::exchange(on_end_, nullptr));
}

}  // namespace gatehouse::host

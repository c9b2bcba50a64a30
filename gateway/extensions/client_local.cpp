#include "gateway/extensions/client_local.hpp"

#include <algorithm>

#include "gateway/extensions/abi_checks.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/lent_bytes.hpp"

namespace gatehouse::extensions {

namespace {

constexpr int kAttemptsMax = 16;           // a generation may be replaced between being found and being asked
constexpr std::size_t kPiecesWaiting = 1;  // before the answering plugin has to wait
constexpr std::uint64_t kBodyBytesMax = 10u * 1024 * 1024;  // of a pulled body whose route does not bound it

std::string_view text_of(const gh_bytes& bytes) { return {reinterpret_cast<const char*>(bytes.ptr), bytes.len}; }

}  // namespace

ClientLocal::ClientLocal(std::shared_ptr<ClientCall> call, std::string calling_service, Find find)
    : loop_(call->loop()),
      call_(std::move(call)),
      calling_service_(std::move(calling_service)),
      find_(std::move(find)) {
    fill_view();
}

void ClientLocal::fill_view() {
    const ClientRequest& request = call_->request();
    const gh_call_request& asked = request.as_call();
    if (asked.identity != nullptr) identity_ = *asked.identity;
    identity_.size = sizeof(identity_);
    identity_.flags = GH_IDENTITY_SERVICE;
    identity_.service = to_str(calling_service_);
    view_.size = sizeof(view_);
    view_.method = asked.method;
    view_.target = asked.target;
    const std::size_t question = std::min(request.target.find('?'), request.target.size());
    view_.path = {request.target.data(), question};
    if (question < request.target.size()) {
        view_.query = {request.target.data() + question + 1, request.target.size() - question - 1};
    }
    view_.request_id = asked.request_id;
    view_.trace_parent = asked.trace_parent;
    view_.headers = asked.headers;
    view_.n_headers = asked.n_headers;
    view_.identity = &identity_;
    view_.deadline_ns = asked.deadline_ns;
}

void ClientLocal::start() {
    const ClientRequest& request = call_->request();
    generation_ = find_();
    if (generation_ == nullptr) {
        return call_->on_failure(GH_E_UNAVAILABLE, "no_such_service", "no service of that name is configured");
    }
    switch (generation_->routes().find(request.method, to_view(view_.path), route_, captures_)) {
        case host::PluginMatch::not_found: return refuse(404, "Not Found");
        case host::PluginMatch::method_not_allowed: return refuse(405, "Method Not Allowed");
        case host::PluginMatch::found: break;
    }
    // As over HTTP: a calling service has no roles other than its user's.
    const auto is_held = [this](const std::string& role) {
        return std::any_of(identity_.roles, identity_.roles + identity_.n_roles,
                           [&](gh_str held) { return to_view(held) == role; });
    };
    if (!route_->roles.empty() && std::none_of(route_->roles.begin(), route_->roles.end(), is_held)) {
        return refuse(403, "Forbidden");
    }
    if (request.pull != nullptr && !route_->streams_in()) return collect_body();
    dispatch();
}

void ClientLocal::collect_body() {
    call_->pull([self = shared_from_this()](gh_status status, gh_bytes piece) {
        const std::uint64_t bytes_max = self->route_->max_body != 0 ? self->route_->max_body : kBodyBytesMax;
        self->body_.append(text_of(piece));
        release(piece);
        if (status == GH_END) return self->dispatch();
        if (status != GH_OK) return self->call_->on_failure(status, "body_failed", "the request's body was given up");
        if (self->body_.size() > bytes_max) return self->refuse(413, "Content Too Large");
        self->collect_body();
    });
}

void ClientLocal::dispatch() {
    const ClientRequest& request = call_->request();
    const bool is_pulled = request.pull != nullptr;
    const std::string& body = is_pulled ? body_ : request.body;
    if (route_->max_body != 0 && body.size() > route_->max_body) return refuse(413, "Content Too Large");
    view_.params = captures_.data();
    view_.n_params = captures_.size();
    view_.content_length = body.size();
    if (route_->streams_in()) {
        if (is_pulled) view_.content_length = request.content_length != 0 ? request.content_length : UINT64_MAX;
    } else {
        view_.body = {body.empty() ? "" : body.data(), body.size()};
    }
    self_ = shared_from_this();
    const host::Dispatch result = generation_->dispatch(loop_, *route_, *this, view_);
    if (result == host::Dispatch::started) return;
    self_.reset();
    switch (result) {
        case host::Dispatch::started: break;
        case host::Dispatch::draining:  // that one was just replaced: its successor is asked
            if (++attempts_ >= kAttemptsMax || (is_pulled && route_->streams_in() && body_was_read_)) {
                return call_->on_failure(GH_E_UNAVAILABLE, "plugin_draining", "the service is being replaced");
            }
            return loop_.post([self = shared_from_this()] {
                if (self->is_wanted_) self->start();
            });
        case host::Dispatch::queue_full:
        case host::Dispatch::too_many_in_flight:
            return call_->on_failure(GH_E_LIMIT, "queue_full", "the service is busy");
        case host::Dispatch::stalled:
            return call_->on_failure(GH_E_UNAVAILABLE, "plugin_stalled", "the service blocks its loops");
    }
}

void ClientLocal::refuse(int code, std::string_view title) {
    const auto keep = shared_from_this();
    call_->on_head(code, {{"content-type", "application/problem+json"}});
    call_->on_piece(R"({"type":"about:blank","title":")" + std::string(title) + R"(","status":)" +
                    std::to_string(code) + "}");
    call_->on_end();
}

void ClientLocal::resume() { schedule_pump(); }

void ClientLocal::stop() {
    is_wanted_ = false;
    loop_.post([self = shared_from_this()] {
        self->end_read(GH_E_CLOSED, {});
        self->tell_canceled(GH_E_CANCELED);
    });
    schedule_pump();
}

bool ClientLocal::take_head(const gh_response& response) {
    if (response.code < 200 || response.code > 599) return false;
    code_ = response.code;
    for (std::size_t i = 0; i < response.n_headers; ++i) {
        fields_.emplace_back(to_view(response.headers[i].key), to_view(response.headers[i].val));
    }
    return true;
}

gh_status ClientLocal::reply(const gh_response& response) noexcept {
    gh_bytes body = response.body;
    Phase expected = Phase::open;
    gh_status status = GH_E_STATE;
    if (phase_.compare_exchange_strong(expected, Phase::ended, std::memory_order_acq_rel)) {
        status = take_head(response) ? GH_OK : GH_E_INVALID;
        if (status != GH_OK) phase_.store(Phase::open, std::memory_order_release);
    }
    gh_bytes copy{};
    if (status == GH_OK && body.len > 0) copy = copy_of(text_of(body));
    release(body);
    if (status == GH_OK) post_end(false, copy);
    return status;
}

gh_status ClientLocal::start(const gh_response& response) noexcept {
    gh_bytes body = response.body;
    Phase expected = Phase::open;
    gh_status status = GH_E_STATE;
    if (phase_.compare_exchange_strong(expected, Phase::streaming, std::memory_order_acq_rel)) {
        status = take_head(response) ? GH_OK : GH_E_INVALID;
        if (status != GH_OK) phase_.store(Phase::open, std::memory_order_release);
    }
    if (status == GH_OK && body.len > 0) pieces_.push_back(copy_of(text_of(body)));
    release(body);
    if (status == GH_OK) schedule_pump();
    return status;
}

gh_status ClientLocal::write(gh_bytes chunk, gh_done done, void* context) noexcept {
    gh_status status = GH_OK;
    if (phase_.load(std::memory_order_relaxed) != Phase::streaming || write_done_ != nullptr) {
        status = GH_E_STATE;
    } else if (!is_wanted_) {
        status = GH_E_CLOSED;
    } else if (chunk.len > 0) {
        pieces_.push_back(copy_of(text_of(chunk)));
        schedule_pump();
        if (pieces_.size() > kPiecesWaiting) {
            write_done_ = done;
            write_context_ = context;
            status = GH_PENDING;
        }
    }
    release(chunk);
    return status;
}

gh_status ClientLocal::finish(const gh_kv*, std::size_t) noexcept {
    Phase expected = Phase::streaming;
    if (!phase_.compare_exchange_strong(expected, Phase::ended, std::memory_order_acq_rel)) return GH_E_STATE;
    post_end(false, {});
    return GH_OK;
}

void ClientLocal::abort(const gh_error*) noexcept {
    if (phase_.exchange(Phase::ended, std::memory_order_acq_rel) != Phase::ended) post_end(true, {});
}

void ClientLocal::post_end(bool is_aborted, gh_bytes last) {
    loop_.post([self = shared_from_this(), is_aborted, last] { self->on_ended(is_aborted, last); });
}

// The last that the answering plugin hears of it; its pieces are copies.
void ClientLocal::on_ended(bool is_aborted, gh_bytes last) {
    const auto keep = std::exchange(self_, nullptr);
    if (last.ptr != nullptr) pieces_.push_back(last);
    is_finished_ = true;
    is_aborted_ = is_aborted;
    end_read(GH_E_CLOSED, {});
    end_write(GH_E_CLOSED);
    generation_->ended(loop_, *route_, *this, is_aborted ? 500 : code_);
    pump();
}

gh_status ClientLocal::read(gh_bytes* out, gh_read_done done, void* context) noexcept {
    if (!route_->streams_in() || read_done_ != nullptr) return GH_E_STATE;
    if (!is_wanted_) return GH_E_CANCELED;
    const ClientRequest& request = call_->request();
    if (request.pull == nullptr) {
        if (std::exchange(body_was_read_, true) || request.body.empty()) return GH_END;
        *out = host::lend(generation_->table().operations(), request.body);
        return out->ptr != nullptr ? GH_OK : GH_E_INTERNAL;
    }
    if (body_was_read_) return GH_END;
    read_done_ = done;
    read_context_ = context;
    call_->pull([self = shared_from_this()](gh_status status, gh_bytes piece) {
        if (status != GH_OK) self->body_was_read_ = true;
        // The octets are the asking plugin's: they must not outlive it in the answering one's hands.
        gh_bytes copy{};
        if (status == GH_OK && piece.len > 0)
            copy = host::lend(self->generation_->table().operations(), text_of(piece));
        release(piece);
        self->end_read(status, copy);
    });
    return GH_PENDING;
}

void ClientLocal::end_read(gh_status status, gh_bytes piece) {
    const gh_read_done done = std::exchange(read_done_, nullptr);
    if (done == nullptr) return release(piece);
    const host::Breadcrumb here(*route_, view_.request_id, host::Activity::callback);
    done(read_context_, status, piece, nullptr);
}

void ClientLocal::end_write(gh_status status) {
    const gh_done done = std::exchange(write_done_, nullptr);
    if (done == nullptr) return;
    const host::Breadcrumb here(*route_, view_.request_id, host::Activity::callback);
    done(write_context_, status, nullptr);
}

gh_status ClientLocal::on_cancel(gh_done done, void* context) noexcept {
    if (was_canceled_) return GH_E_CANCELED;
    cancel_done_ = done;
    cancel_context_ = context;
    return GH_OK;
}

void ClientLocal::tell_canceled(gh_status why) {
    if (was_canceled_ || phase_.load(std::memory_order_acquire) == Phase::ended || self_ == nullptr) return;
    was_canceled_ = true;
    const gh_done done = std::exchange(cancel_done_, nullptr);
    if (done == nullptr) return;
    const host::Breadcrumb here(*route_, view_.request_id, host::Activity::callback);
    done(cancel_context_, why, nullptr);
}

void ClientLocal::schedule_pump() {
    if (std::exchange(is_pumping_, true)) return;
    loop_.post([self = shared_from_this()] {
        self->is_pumping_ = false;
        self->pump();
    });
}

void ClientLocal::pump() {
    if (!is_wanted_) {
        for (gh_bytes& piece : pieces_) release(piece);
        pieces_.clear();
        return end_write(GH_E_CLOSED);
    }
    const bool has_head = !(is_aborted_ && code_ == 0) && (is_finished_ || phase_.load() == Phase::streaming);
    if (has_head && !std::exchange(head_was_told_, true)) call_->on_head(code_, fields_);
    while (is_wanted_ && !pieces_.empty() && call_->has_room()) {
        gh_bytes piece = pieces_.front();
        pieces_.pop_front();
        call_->on_piece(text_of(piece));
        release(piece);
    }
    if (pieces_.size() <= kPiecesWaiting) end_write(GH_OK);
    if (!is_wanted_ || !pieces_.empty() || !is_finished_ || std::exchange(end_was_told_, true)) return;
    if (is_aborted_) return call_->on_failure(GH_E_INTERNAL, "plugin_failed", "the service failed");
    call_->on_end();
}

}  // namespace gatehouse::extensions

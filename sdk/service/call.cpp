#include <gatehouse/call.hpp>

#include <gatehouse/ext/call.h>
#include <gatehouse/context.hpp>

#include <exception>
#include <stdexcept>

#include "sdk/service/call_values.hpp"
#include "sdk/service/context_state.hpp"
#include "sdk/service/text.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse {

namespace {

// What the callback leaves behind; it runs before perform() returns.
struct Outcome {
    bool ran = false;
    gh_status status = GH_OK;
    CallResponse response;
    std::string reason;
    std::exception_ptr error;
};

void take_outcome(Outcome& outcome, gh_status status, const gh_call_response* response, const gh_error* error) {
    outcome.ran = true;
    outcome.status = status;
    if (error != nullptr) outcome.reason = detail::to_view(error->message);
    if (status == GH_OK && response != nullptr) detail::fill_answer(outcome.response, *response);
}

void on_answer(void* context, gh_status status, const gh_call_response* response, const gh_error* error) noexcept {
    auto& outcome = *static_cast<Outcome*>(context);
    try {
        take_outcome(outcome, status, response, error);
    } catch (...) {
        outcome.error = std::current_exception();
    }
}

// The C structs for one call; borrows from the request.
class CallView {
public:
    CallView(std::string_view service, const CallRequest& request) {
        for (const Header& field : request.headers) {
            headers_.push_back({detail::to_str(field.name), detail::to_str(field.value)});
        }
        call_.size = sizeof(call_);
        call_.service = detail::to_str(service);
        call_.method = detail::to_str(request.method);
        call_.target = detail::to_str(request.target);
        call_.headers = headers_.data();
        call_.n_headers = headers_.size();
        call_.body = detail::to_str(request.body);
        call_.request_id = detail::to_str(request.request_id);
        call_.trace_parent = detail::to_str(request.trace_parent);
        if (request.deadline) {
            call_.deadline_ns = static_cast<std::uint64_t>(request.deadline->time_since_epoch().count());
        }
        call_.identity = identity_.fill(request.user);
    }
    CallView(const CallView&) = delete;
    CallView& operator=(const CallView&) = delete;

    [[nodiscard]] const gh_call_request* get() const { return &call_; }

private:
    std::vector<gh_kv> headers_;
    detail::IdentityView identity_;
    gh_call_request call_{};
};

}  // namespace

namespace detail {

std::string explain_failure(gh_status status, std::string_view service, const std::string& reason) {
    std::string text = "call to " + std::string(service) + " failed";
    if (status == GH_E_TIMEOUT) text += ": timed out";
    if (status == GH_E_UNAVAILABLE) text += ": nobody there";
    if (status == GH_E_LIMIT) text += ": too much";
    return reason.empty() ? text : text + ": " + reason;
}

void fill_answer(CallResponse& answer, const gh_call_response& response) {
    answer.status = response.code;
    answer.body = to_view(response.body);
    append_fields(answer.headers, response.headers, response.n_headers);
}

void append_fields(std::vector<Header>& out, const gh_kv* fields, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back({std::string(to_view(fields[i].key)), std::string(to_view(fields[i].val))});
    }
}

const gh_identity* IdentityView::fill(const std::optional<User>& user) {
    if (!user) return nullptr;
    subject_ = std::to_string(user->id);
    for (const std::string& role : user->roles) roles_.push_back(to_str(role));
    identity_.size = sizeof(identity_);
    identity_.subject = to_str(subject_);
    identity_.name = to_str(user->name);
    identity_.session = to_str(user->session);
    identity_.roles = roles_.data();
    identity_.n_roles = roles_.size();
    return &identity_;
}

}  // namespace detail

CallRequest&& CallRequest::on_behalf_of(const Request& request) && {
    if (const User* caller = request.maybe_user()) user = *caller;
    return std::move(*this).within(request);
}

CallRequest&& CallRequest::within(const Request& request) && {
    deadline = request.deadline();
    request_id = request.id();
    trace_parent = request.trace_parent();
    return std::move(*this);
}

std::optional<std::string_view> CallResponse::header(std::string_view name) const {
    for (const Header& field : headers) {
        if (detail::equals_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

void CallResponse::require_ok() const {
    if (!ok()) throw CallFailed(GH_E_UNAVAILABLE, "the other service answered " + std::to_string(status));
}

void CallResponse::rethrow_bad_body(const Problem& problem) {
    throw CallFailed(GH_E_INVALID, std::string("the other service's answer is not as described: ") + problem.what());
}

CallResponse Context::call(std::string_view service, const CallRequest& request) const {
    const gh_host* host = state_->host;
    if (state_->call == nullptr) throw CallFailed(GH_E_UNSUPPORTED, "the host does not offer " GH_EXT_CALL);
    const CallView view(service, request);
    Outcome outcome;
    const gh_status status = state_->call->perform(host, view.get(), &on_answer, &outcome);
    if (outcome.error) std::rethrow_exception(outcome.error);
    if (status == GH_E_STATE) throw std::logic_error("call() on an event loop, or nested too deeply");
    if (status < 0) throw CallFailed(status, detail::explain_failure(status, service, outcome.reason));
    if (!outcome.ran)
        throw CallFailed(GH_E_INTERNAL, detail::explain_failure(GH_E_INTERNAL, service, "no answer was delivered"));
    if (outcome.status != GH_OK)
        throw CallFailed(outcome.status, detail::explain_failure(outcome.status, service, outcome.reason));
    return std::move(outcome.response);
}

}  // namespace gatehouse

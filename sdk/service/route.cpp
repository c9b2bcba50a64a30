#include <gatehouse/context.hpp>

#include <limits>
#include <utility>

#include "sdk/service/context_state.hpp"

namespace gatehouse {

Route& Route::requires_user() {
    state_->flags &= ~static_cast<std::uint32_t>(GH_ROUTE_AUTH_OPTIONAL);
    return *this;
}

Route& Route::requires_role(std::string_view role) {
    if (!state_->roles.empty()) state_->roles += ' ';
    state_->roles += role;
    return requires_user();
}

Route& Route::internal() {
    state_->flags |= GH_ROUTE_INTERNAL;
    return *this;
}

Route& Route::on_loop() {
    state_->flags &= ~static_cast<std::uint32_t>(GH_ROUTE_BLOCKING);
    return *this;
}

Route& Route::stream_in() {
    state_->flags |= GH_ROUTE_STREAM_IN;
    return *this;
}

Route& Route::max_body(std::uint64_t bytes) {
    state_->max_body = bytes;
    return *this;
}

Route& Route::timeout(std::chrono::milliseconds timeout) {
    if (timeout.count() <= 0 || timeout.count() > std::numeric_limits<std::uint32_t>::max()) {
        throw std::logic_error("a route's timeout must be positive and below 49 days");
    }
    state_->timeout_ms = static_cast<std::uint32_t>(timeout.count());
    return *this;
}

Route& Route::max_in_flight(std::uint32_t requests) {
    state_->max_in_flight = requests;
    return *this;
}

Route& Route::operation(std::string_view id) {
    state_->operation = id;
    return *this;
}

Route& Route::summary(std::string_view text) {
    state_->summary = text;
    return *this;
}

Route& Route::tag(std::string_view name) {
    state_->tag = name;
    return *this;
}

Route& Route::note(std::function<void(detail::Operation&)> note) {
    state_->notes.push_back(std::move(note));
    return *this;
}

Route& Route::takes(std::string_view media_type, std::string_view json_schema) {
    return note([type = std::string(media_type), schema = std::string(json_schema)](detail::Operation& operation) {
        operation.takes(type, schema);
    });
}

Route& Route::gives(int status, std::string_view media_type, std::string_view json_schema) {
    return note([status, type = std::string(media_type), schema = std::string(json_schema)](
                    detail::Operation& operation) { operation.gives(status, type, schema); });
}

Route& Route::gives(int status) { return gives(status, {}); }

Route& Route::refuses(std::initializer_list<int> statuses) {
    return note([statuses = std::vector<int>(statuses)](detail::Operation& operation) {
        for (const int status : statuses) operation.problem(status);
    });
}

Route& Route::param(std::string_view name, std::string_view description) {
    return note([name = std::string(name), text = std::string(description)](detail::Operation& operation) {
        operation.describe_param(name, text);
    });
}

Route& Route::reads_field(std::string_view name, std::string_view description) {
    return note([name = std::string(name), text = std::string(description)](detail::Operation& operation) {
        operation.reads_field(name, text);
    });
}

Route& Route::sends_field(int status, std::string_view name, std::string_view description) {
    return note([status, name = std::string(name), text = std::string(description)](detail::Operation& operation) {
        operation.sends_field(status, name, text);
    });
}

Route& Route::checks_match() {
    return reads_field("If-Match", "the entity tag of the state to be changed; 412 if that is not current")
        .refuses({412});
}

Route& Route::hidden() {
    state_->is_hidden = true;
    return *this;
}

Route& Route::checks_token() {
    state_->checks_token = true;
    return *this;
}

}  // namespace gatehouse

#include <gatehouse/request.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "sdk/service/media_type.hpp"
#include "sdk/service/text.hpp"

namespace gatehouse {

namespace {

std::string_view view_of(gh_str text) {
    return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}

std::optional<User> user_of(const gh_identity* identity) {
    if (identity == nullptr) return std::nullopt;
    User user;
    if (!detail::parse_integer(view_of(identity->subject), user.id).empty() || user.id <= 0) return std::nullopt;
    user.name = view_of(identity->name);
    user.session = view_of(identity->session);
    user.roles.reserve(identity->n_roles);
    for (std::size_t i = 0; i < identity->n_roles; ++i) user.roles.emplace_back(view_of(identity->roles[i]));
    return user;
}

}  // namespace

bool User::has_role(std::string_view role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

std::string_view Request::content_type() const {
    const auto field = header("content-type");
    return field ? detail::trim(field->substr(0, field->find(';'))) : std::string_view();
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (std::size_t i = 0; i < view_->n_headers; ++i) {
        if (detail::equals_ignoring_case(text(view_->headers[i].key), name)) return text(view_->headers[i].val);
    }
    return std::nullopt;
}

std::vector<std::string_view> Request::header_values(std::string_view name) const {
    std::vector<std::string_view> values;
    for (std::size_t i = 0; i < view_->n_headers; ++i) {
        if (detail::equals_ignoring_case(text(view_->headers[i].key), name))
            values.push_back(text(view_->headers[i].val));
    }
    return values;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
    for (std::string_view line : header_values("cookie")) {
        while (!line.empty()) {
            const std::string_view part = line.substr(0, line.find(';'));
            line.remove_prefix(std::min(part.size() + 1, line.size()));
            const std::size_t equals = part.find('=');
            if (equals == std::string_view::npos || detail::trim(part.substr(0, equals)) != name) continue;
            std::string_view value = detail::trim(part.substr(equals + 1));
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            return value;
        }
    }
    return std::nullopt;
}

const User* Request::maybe_user() const {
    if (!user_) user_ = user_of(view_->identity);
    return user_ ? &*user_ : nullptr;
}

const User& Request::user() const {
    const User* user = maybe_user();
    if (user == nullptr) throw Unauthorized("Authentication is required.");
    return *user;
}

std::string_view Request::calling_service() const {
    const gh_identity* identity = view_->identity;
    const bool is_service = identity != nullptr && (identity->flags & GH_IDENTITY_SERVICE) != 0;
    return is_service ? text(identity->service) : std::string_view();
}

std::string_view Request::raw_path_param(std::string_view name) const {
    for (std::size_t i = 0; i < view_->n_params; ++i) {
        if (text(view_->params[i].key) == name) return text(view_->params[i].val);
    }
    throw std::logic_error("the pattern has no capture named " + std::string(name));
}

std::string_view Request::path_param_at(std::size_t index) const {
    if (index >= view_->n_params) throw std::logic_error("the handler takes more PathParams than the pattern has");
    return text(view_->params[index].val);
}

const Pairs& Request::query_pairs() const {
    if (!query_) {
        query_ = parse_form(query_string());
        if (!query_) throw BadRequest("The query string is malformed.");
    }
    return *query_;
}

const std::string* Request::raw_query(std::string_view name) const {
    for (const auto& [key, value] : query_pairs()) {
        if (key == name) return &value;
    }
    return nullptr;
}

Pairs Request::form() const {
    if (!detail::equals_ignoring_case(content_type(), "application/x-www-form-urlencoded")) {
        throw UnsupportedMediaType("The body must be application/x-www-form-urlencoded.");
    }
    auto pairs = parse_form(body());
    if (!pairs) throw BadRequest("The form is malformed.");
    return std::move(*pairs);
}

void Request::require_json() const {
    const std::string_view type = content_type();
    if (!type.empty() && !detail::is_json_media_type(type)) {
        throw UnsupportedMediaType("The body must be application/json.");
    }
}

std::optional<Instant> Request::deadline() const {
    if (view_->deadline_ns == 0) return std::nullopt;
    return Instant(std::chrono::nanoseconds(view_->deadline_ns));
}

std::optional<std::chrono::nanoseconds> Request::remaining() const {
    if (view_->deadline_ns == 0) return std::nullopt;
    const std::uint64_t now = host_->now_ns(host_);
    return std::chrono::nanoseconds(view_->deadline_ns > now ? view_->deadline_ns - now : 0);
}

}  // namespace gatehouse

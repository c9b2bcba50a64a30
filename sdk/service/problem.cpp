#include <gatehouse/problem.hpp>

#include <gatehouse/detail/json_out.hpp>

namespace gatehouse {

Problem::Problem(int status, std::string title, std::string detail)
    : status_(status), title_(std::move(title)), detail_(std::move(detail)) {}

Problem& Problem::type(std::string uri) {
    type_ = std::move(uri);
    return *this;
}

Problem& Problem::header(std::string name, std::string value) {
    headers_.push_back({std::move(name), std::move(value)});
    return *this;
}

Problem& Problem::error(FieldError error) {
    errors_.push_back(std::move(error));
    return *this;
}

const char* Problem::what() const noexcept { return detail_.empty() ? title_.c_str() : detail_.c_str(); }

std::string Problem::to_json(std::string_view instance) const {
    detail::JsonOut out;
    out.begin_object();
    out.member("type", std::string_view(type_));
    out.member("title", std::string_view(title_));
    out.member("status", static_cast<std::int64_t>(status_));
    if (!detail_.empty()) out.member("detail", std::string_view(detail_));
    if (!instance.empty()) out.member("instance", instance);
    if (!errors_.empty()) {
        out.key("errors");
        out.begin_array();
        for (const FieldError& error : errors_) {
            out.begin_object();
            if (error.parameter.empty()) {
                out.member("pointer", std::string_view(error.pointer));
            } else {
                out.member("parameter", std::string_view(error.parameter));
            }
            out.member("detail", std::string_view(error.detail));
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
    return out.take();
}

BadRequest::BadRequest(std::string detail) : Problem(400, "Bad Request", std::move(detail)) {}

Unauthorized::Unauthorized(std::string detail, std::string challenge)
    : Problem(401, "Unauthorized", std::move(detail)) {
    header("www-authenticate", std::move(challenge));
}

Forbidden::Forbidden(std::string detail) : Problem(403, "Forbidden", std::move(detail)) {}

NotFound::NotFound(std::string detail) : Problem(404, "Not Found", std::move(detail)) {}

MethodNotAllowed::MethodNotAllowed(std::string allow) : Problem(405, "Method Not Allowed") {
    header("allow", std::move(allow));
}

Conflict::Conflict(std::string detail, std::string pointer) : Problem(409, "Conflict", detail) {
    if (!pointer.empty()) error({std::move(pointer), std::move(detail), {}});
}

PreconditionFailed::PreconditionFailed(std::string detail) : Problem(412, "Precondition Failed", std::move(detail)) {}

PreconditionRequired::PreconditionRequired(std::string detail)
    : Problem(428, "Precondition Required", std::move(detail)) {}

PayloadTooLarge::PayloadTooLarge(std::string detail) : Problem(413, "Content Too Large", std::move(detail)) {}

UnsupportedMediaType::UnsupportedMediaType(std::string detail)
    : Problem(415, "Unsupported Media Type", std::move(detail)) {}

Invalid::Invalid(std::vector<FieldError> errors)
    : Problem(422, "Unprocessable Content", "The request has invalid fields.") {
    for (FieldError& bad : errors) error(std::move(bad));
}

Invalid::Invalid(std::string pointer, std::string detail)
    : Invalid(std::vector<FieldError>{{std::move(pointer), std::move(detail), {}}}) {}

Invalid Invalid::parameter(std::string name, std::string detail) {
    return Invalid(std::vector<FieldError>{{{}, std::move(detail), std::move(name)}});
}

TooManyRequests::TooManyRequests(std::chrono::seconds retry_after, std::string detail)
    : Problem(429, "Too Many Requests", std::move(detail)) {
    header("retry-after", std::to_string(retry_after.count()));
}

ServiceUnavailable::ServiceUnavailable(std::chrono::seconds retry_after, std::string detail)
    : Problem(503, "Service Unavailable", std::move(detail)) {
    header("retry-after", std::to_string(retry_after.count()));
}

}  // namespace gatehouse

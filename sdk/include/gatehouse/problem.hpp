// Errors that a handler throws to answer with application/problem+json (RFC 9457). Everything given here reaches the
// client: say nothing internal. Any other exception is logged and answered 500 without its text.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

struct Header {
    std::string name;  // any case; sent lower-case
    std::string value;
};

// One bad input. Exactly one of pointer and parameter is set by the binding.
struct FieldError {
    std::string pointer = {};    // RFC 6901 into the body: "/items/0/price"; "" is the whole body
    std::string detail = {};     // for people: "must not be empty"
    std::string parameter = {};  // name of a query parameter, when that is what is bad
};

// Base of all of them, and the way to any status that has no name below: throw Problem(410, "Gone", "…").
class Problem : public std::exception {
public:
    Problem(int status, std::string title, std::string detail = {});

    // A URI that names this kind of problem; "about:blank" unless set.
    Problem& type(std::string uri);
    Problem& header(std::string name, std::string value);
    Problem& error(FieldError error);

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::string& title() const { return title_; }
    [[nodiscard]] const std::string& detail() const { return detail_; }
    [[nodiscard]] const std::string& type() const { return type_; }
    [[nodiscard]] const std::vector<Header>& headers() const { return headers_; }
    [[nodiscard]] const std::vector<FieldError>& errors() const { return errors_; }
    [[nodiscard]] const char* what() const noexcept override;

    // The body. instance: the request's id.
    [[nodiscard]] std::string to_json(std::string_view instance) const;

private:
    int status_;
    std::string title_, detail_, type_ = "about:blank";
    std::vector<Header> headers_;
    std::vector<FieldError> errors_;
};

struct BadRequest : Problem {
    explicit BadRequest(std::string detail);
};
// challenge: the WWW-Authenticate field (RFC 9110, 11.6.1).
struct Unauthorized : Problem {
    explicit Unauthorized(std::string detail = {}, std::string challenge = "Bearer");
};
struct Forbidden : Problem {
    explicit Forbidden(std::string detail = {});
};
struct NotFound : Problem {
    explicit NotFound(std::string detail = {});
};
// allow: "GET, PUT".
struct MethodNotAllowed : Problem {
    explicit MethodNotAllowed(std::string allow);
};
// pointer: the field that collides, e.g. "/username"; empty = none in particular.
struct Conflict : Problem {
    explicit Conflict(std::string detail, std::string pointer = {});
};
struct PreconditionFailed : Problem {
    explicit PreconditionFailed(std::string detail = {});
};
struct PreconditionRequired : Problem {
    explicit PreconditionRequired(std::string detail = {});
};
struct PayloadTooLarge : Problem {
    explicit PayloadTooLarge(std::string detail = {});
};
struct UnsupportedMediaType : Problem {
    explicit UnsupportedMediaType(std::string detail = {});
};
// 422: understood, but breaks a rule.
struct Invalid : Problem {
    explicit Invalid(std::vector<FieldError> errors);
    Invalid(std::string pointer, std::string detail);
    static Invalid parameter(std::string name, std::string detail);
};
struct TooManyRequests : Problem {
    explicit TooManyRequests(std::chrono::seconds retry_after, std::string detail = {});
};
struct ServiceUnavailable : Problem {
    explicit ServiceUnavailable(std::chrono::seconds retry_after = std::chrono::seconds(1), std::string detail = {});
};

}  // namespace gatehouse

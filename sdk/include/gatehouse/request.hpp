// The request as a handler sees it. Lives for the call of the handler; every string_view dies with it, so copy what you
// keep. One thread at a time.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/binding.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gatehouse {

// Monotonic time of the host; only differences mean anything. Fake in tests.
struct MonotonicClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicClock>;
    static constexpr bool is_steady = true;
};
using Instant = MonotonicClock::time_point;

// The authenticated caller, as verified by the gateway.
struct User {
    std::int64_t id = 0;
    std::string name;
    std::string session;
    std::vector<std::string> roles;

    [[nodiscard]] bool has_role(std::string_view role) const;
};

template <class Number>
struct Range {
    Number low, high;
};
template <class Number>
constexpr Range<Number> between(Number low, Number high) {
    return {low, high};
}

// "v7": a strong entity tag made of a row's version. Quoted as HTTP wants it.
[[nodiscard]] std::string etag(std::int64_t version);
// A strong entity tag of any text (a hash of it).
[[nodiscard]] std::string etag_of(std::string_view content);

namespace detail {
// One value from text (path, query): "" = fine, else what is wrong with it ("must be an integer").
template <class T>
std::string parse_value(std::string_view text, T& out);
}  // namespace detail

class Request {
public:
    Request(const gh_host* host, const gh_request_view* view) : host_(host), view_(view) {}
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    [[nodiscard]] std::string_view method() const { return text(view_->method); }
    [[nodiscard]] std::string_view target() const { return text(view_->target); }  // path and query
    [[nodiscard]] std::string_view path() const { return text(view_->path); }
    [[nodiscard]] std::string_view query_string() const { return text(view_->query); }
    [[nodiscard]] std::string_view host() const { return text(view_->authority); }
    [[nodiscard]] std::string_view remote_address() const { return text(view_->remote_addr); }
    [[nodiscard]] std::string_view id() const { return text(view_->request_id); }
    [[nodiscard]] std::string_view trace_parent() const { return text(view_->trace_parent); }
    [[nodiscard]] bool is_tls() const { return (view_->flags & GH_REQUEST_TLS) != 0; }

    // Whole body; empty on a stream_in() route.
    [[nodiscard]] std::string_view body() const { return text(view_->body); }
    // The media type without parameters, as sent; empty when absent.
    [[nodiscard]] std::string_view content_type() const;

    // The first field of that name, any case. Empty optional = absent.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> header_values(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;

    // Who asks. user() throws Unauthorized for an anonymous caller (or a service that acts for nobody).
    [[nodiscard]] const User& user() const;
    [[nodiscard]] const User* maybe_user() const;  // null = anonymous
    // Name of the calling service; empty unless this is a call from one.
    [[nodiscard]] std::string_view calling_service() const;

    // A capture of the route's pattern, decoded. NotFound when it does not parse: no such thing can exist.
    // REQUIRES: the pattern has that name (else logic_error).
    template <class T = std::string>
    [[nodiscard]] T path_param(std::string_view name) const;

    // A query parameter; Invalid (422) when it does not parse or is out of range. Repeated: the first one counts.
    template <class T = std::string>
    [[nodiscard]] std::optional<T> query(std::string_view name) const;
    template <class T>
    [[nodiscard]] T query(std::string_view name, T fallback) const;
    template <class T>
    [[nodiscard]] T query(std::string_view name, T fallback, Range<T> range) const;
    [[nodiscard]] const Pairs& query_pairs() const;  // decoded; BadRequest on a malformed escape

    // The body as a described type; what a handler's own parameter does by itself. See json.hpp for free JSON.
    template <class T>
    [[nodiscard]] T json() const;
    // The body as application/x-www-form-urlencoded; 415 for another type.
    [[nodiscard]] Pairs form() const;
    // 415 when a Content-Type is present and is not JSON.
    void require_json() const;

    // Monotonic; empty = none. remaining() is never negative.
    [[nodiscard]] std::optional<Instant> deadline() const;
    [[nodiscard]] std::optional<std::chrono::nanoseconds> remaining() const;

    // Preconditions (RFC 9110, 13). current: the resource's quoted entity tag.
    [[nodiscard]] bool is_not_modified(std::string_view current) const;  // If-None-Match covers it: answer 304
    // PreconditionFailed when If-Match is present and does not name current.
    void check_match(std::string_view current) const;
    // As above, and PreconditionRequired when it is absent.
    void require_match(std::string_view current) const;

    [[nodiscard]] const gh_request_view& view() const { return *view_; }
    [[nodiscard]] std::string_view path_param_at(std::size_t index) const;

private:
    static std::string_view text(gh_str value) {
        return value.len == 0 ? std::string_view() : std::string_view(value.ptr, value.len);
    }
    [[nodiscard]] std::string_view raw_path_param(std::string_view name) const;
    [[nodiscard]] const std::string* raw_query(std::string_view name) const;

    const gh_host* host_;
    const gh_request_view* view_;
    mutable std::optional<User> user_;
    mutable std::optional<Pairs> query_;
};

}  // namespace gatehouse

#include <gatehouse/detail/request_values.hpp>

// Requests from one service to another, by name: context.call("users", …). The same wherever the other one lives.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/binding.hpp>
#include <gatehouse/request.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

struct CallRequest {
    std::string method = "GET";
    std::string target;  // "/api/users?ids=1,2"; encode values with percent_encode()
    std::vector<Header> headers;
    std::string body;
    std::optional<User> user;  // on whose behalf; empty = the service's own
    std::optional<Instant> deadline;
    std::string request_id, trace_parent;

    [[nodiscard]] static CallRequest get(std::string target) {
        CallRequest request;
        request.target = std::move(target);
        return request;
    }
    // A JSON body.
    template <class T>
    [[nodiscard]] static CallRequest json(std::string method, std::string target, const T& value) {
        CallRequest request = get(std::move(target));
        request.method = std::move(method);
        request.headers = {{"content-type", "application/json"}};
        request.body = to_json(value);
        return request;
    }
    // Passes on who asks, the deadline, the request id and the trace of the request being handled.
    CallRequest&& on_behalf_of(const Request& request) &&;
    // As above, but as this service itself: for internal routes that are not about the user.
    CallRequest&& within(const Request& request) &&;
};

// Any HTTP status is an answer, 5xx too.
struct CallResponse {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    // The body as a described type. CallFailed when the status is not 2xx or the body is not that.
    template <class T>
    [[nodiscard]] T json() const {
        require_ok();
        try {
            return from_json<T>(body);
        } catch (const Problem& problem) {
            rethrow_bad_body(problem);
        }
    }
    // The elements of an array that is a member of the body, as they stand there: to be passed on, unread. Brackets and
    // strings are checked, what is in them is not. CallFailed as above.
    [[nodiscard]] std::vector<RawJson> raw_items(std::string_view member) const;
    void require_ok() const;

private:
    [[noreturn]] static void rethrow_bad_body(const Problem& problem);
};

// No usable answer. Uncaught in a handler it becomes 503 with Retry-After (and one log line).
class CallFailed : public std::runtime_error {
public:
    CallFailed(gh_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
    [[nodiscard]] gh_status status() const { return status_; }  // GH_E_UNAVAILABLE, GH_E_TIMEOUT, …

private:
    gh_status status_;
};

}  // namespace gatehouse

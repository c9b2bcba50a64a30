// Requests to other services and to allowed URLs, from tasks: nothing blocks ("gh.http_client/1").
//
//     auto answer = co_await context_.http().get("users", "/api/users?ids=1");         // CallResponse
//     auto answer = co_await context_.http().fetch("users", HttpRequest::json("POST", "/api/users", draft)
//                                                               .on_behalf_of(request).retries(2));
//     HttpStream stream = co_await context_.http().open("http://127.0.0.1:9000", HttpRequest("GET", "/big"));
//     while (auto piece = co_await stream.next()) use(piece->bytes());
//
// The first argument is the service's name in routes.yaml, or "http://host:port" if the operator has allowed that
// (gateway.http_client.allow); nothing of the caller's identity goes there. Any status is an answer; no answer throws
// CallFailed (uncaught: 503), and Canceled when the handler itself was cancelled.
#pragma once

#include <gatehouse/ext/http_client.h>
#include <gatehouse/call.hpp>
#include <gatehouse/streaming.hpp>
#include <gatehouse/task.hpp>
#include <gatehouse/trace.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

namespace detail {
class ClientView;
class ClientWait;
class OpenStream;
class OpenWait;
class PieceWait;
class BodyPull;
}  // namespace detail

// Not an aggregate, so that it may be written inside a co_await expression.
class HttpRequest {
public:
    // The next piece of the body; empty = that was all. Awaited when the other side has room for more.
    using BodySource = std::function<task<std::optional<std::string>>()>;

    HttpRequest(std::string method, std::string target) {
        call_.method = std::move(method);
        call_.target = std::move(target);
    }
    [[nodiscard]] static HttpRequest get(std::string target) { return {"GET", std::move(target)}; }
    template <class T>
    [[nodiscard]] static HttpRequest json(std::string method, std::string target, const T& value) {
        HttpRequest request(std::move(method), std::move(target));
        return std::move(request).header("content-type", "application/json").body(to_json(value));
    }

    HttpRequest&& header(std::string name, std::string value) && {
        call_.headers.push_back({std::move(name), std::move(value)});
        return std::move(*this);
    }
    HttpRequest&& body(std::string bytes) && {
        call_.body = std::move(bytes);
        return std::move(*this);
    }
    // length: 0 = unknown (chunked). Such a request is never repeated.
    HttpRequest&& body_from(BodySource source, std::uint64_t length = 0) && {
        source_ = std::move(source);
        length_ = length;
        return std::move(*this);
    }
    // For GET, HEAD, OPTIONS, PUT, DELETE: at most 3 more attempts, see gh_http_client.send.
    HttpRequest&& retries(std::uint32_t more) && {
        retries_ = more;
        return std::move(*this);
    }
    // For all of the answer. Default: 15 s, or the request's own with on_behalf_of() and within().
    HttpRequest&& deadline(Instant when) && {
        call_.deadline = when;
        return std::move(*this);
    }
    HttpRequest&& no_deadline() && {
        has_no_deadline_ = true;
        return std::move(*this);
    }
    // Who asks, deadline, request id and trace of the request being handled; or all but who asks.
    HttpRequest&& on_behalf_of(const Request& request) && {
        static_cast<void>(std::move(call_).on_behalf_of(request));
        return std::move(*this);
    }
    HttpRequest&& within(const Request& request) && {
        static_cast<void>(std::move(call_).within(request));
        return std::move(*this);
    }
    HttpRequest&& traced_by(const Span& span) && {
        call_.trace_parent = span.trace_parent();
        return std::move(*this);
    }

private:
    friend class detail::ClientView;
    friend class detail::ClientWait;
    CallRequest call_;
    BodySource source_;
    std::uint64_t length_ = 0;
    std::uint32_t retries_ = 0;
    bool has_no_deadline_ = false;
};

// An answer whose body comes in pieces. Move-only; closed when destroyed. On its loop.
class HttpStream {
public:
    HttpStream();
    HttpStream(HttpStream&& other) noexcept;
    HttpStream& operator=(HttpStream&& other) noexcept;
    ~HttpStream();

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] bool ok() const { return status_ >= 200 && status_ < 300; }
    [[nodiscard]] const std::vector<Header>& headers() const { return headers_; }
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;

    // co_await: the next piece, empty at the end. Not asking is back-pressure on the sender.
    [[nodiscard]] detail::PieceWait next();
    // The rest of it. PayloadTooLarge above bytes_max.
    [[nodiscard]] task<std::string> read_all(std::size_t bytes_max);
    void close();

private:
    friend class detail::OpenWait;
    friend class detail::PieceWait;
    int status_ = 0;
    std::vector<Header> headers_;
    std::unique_ptr<detail::OpenStream> open_;
};

namespace detail {

// What both ways of sending share.
class ClientWait : public HostWait {
public:
    ClientWait(const gh_host* its_host, const gh_http_client* table, std::string service, HttpRequest request);

protected:
    ~ClientWait() override;
    gh_status begin() final;
    void stop() noexcept final { table_->cancel(host(), operation_); }
    virtual gh_status send(const gh_client_request* request) = 0;
    void note_failure(const gh_error* error);
    [[noreturn]] void throw_failure() const;

    const gh_http_client* const table_;
    std::string service_;
    HttpRequest request_;
    gh_op operation_{};
    std::shared_ptr<BodyPull> pull_;
    std::string reason_;
    std::exception_ptr error_;
};

class FetchWait final : public ClientWait {
public:
    using ClientWait::ClientWait;
    CallResponse await_resume();

private:
    gh_status send(const gh_client_request* request) override;
    static void on_answer(void* self, gh_status status, const gh_call_response* response, const gh_error* error);
    CallResponse answer_;
};

class OpenWait final : public ClientWait {
public:
    using ClientWait::ClientWait;
    HttpStream await_resume();

private:
    gh_status send(const gh_client_request* request) override;
    static void on_head(void* self, gh_status status, const gh_client_head* head, const gh_error* error);
    HttpStream stream_;
};

class PieceWait final : public HostWait {
public:
    explicit PieceWait(OpenStream* stream) : stream_(stream) {}
    std::optional<Chunk> await_resume();

private:
    gh_status begin() override;
    void stop() noexcept override;
    static void on_piece(void* self, gh_status status, gh_bytes piece, const gh_error*);
    OpenStream* stream_;
    Chunk chunk_;
};

}  // namespace detail

// The HTTP client of a service: context.http(). Cheap to copy.
class Http {
public:
    Http(const gh_host* host, const gh_http_client* table) : host_(host), table_(table) {}

    // For co_await.
    [[nodiscard]] detail::FetchWait get(std::string service, std::string target) const {
        return fetch(std::move(service), HttpRequest::get(std::move(target)));
    }
    [[nodiscard]] detail::FetchWait fetch(std::string service, HttpRequest request) const {
        return {host_, table_, std::move(service), std::move(request)};
    }
    [[nodiscard]] detail::OpenWait open(std::string service, HttpRequest request) const {
        return {host_, table_, std::move(service), std::move(request)};
    }

private:
    const gh_host* host_;
    const gh_http_client* table_;  // null: not offered
};

}  // namespace gatehouse

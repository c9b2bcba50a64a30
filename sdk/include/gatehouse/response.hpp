// What a handler may return besides a described value (200, JSON): these.
#pragma once

#include <gatehouse/binding.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

struct Cookie {
    std::string name;
    std::string value;
    std::string path = "/";
    std::string domain = {};                           // empty = host-only
    std::optional<std::chrono::seconds> max_age = {};  // 0 = delete; absent = session cookie
    bool http_only = true;
    bool secure = true;
    std::string same_site = "Lax";
};

// Full control.
class Response {
public:
    explicit Response(int status = 200) : status_(status) {}

    template <class T>
    [[nodiscard]] static Response json(const T& value, int status = 200) {
        return Response(status).body(to_json(value), "application/json");
    }
    [[nodiscard]] static Response text(std::string text, int status = 200);
    [[nodiscard]] static Response redirect(std::string location, int status = 303);
    [[nodiscard]] static Response not_modified(std::string etag);

    Response& status(int status) &;
    Response&& status(int status) &&;
    // Adds a field; names are made lower-case. logic_error on a name or value that HTTP does not allow.
    Response& header(std::string_view name, std::string value) &;
    Response&& header(std::string_view name, std::string value) &&;
    Response& cookie(const Cookie& cookie) &;
    Response&& cookie(const Cookie& cookie) &&;
    Response& body(std::string body, std::string content_type = {}) &;
    Response&& body(std::string body, std::string content_type = {}) &&;
    // Octets that are not copied: a mapped file, an entry of a cache. owner: lives until they were sent, perhaps to a
    // slow client; its end may come on any thread.
    Response& body(std::shared_ptr<const void> owner, std::string_view bytes, std::string content_type = {}) &;
    Response&& body(std::shared_ptr<const void> owner, std::string_view bytes, std::string content_type = {}) &&;

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const std::vector<Header>& headers() const { return headers_; }
    [[nodiscard]] const std::string& body() const { return body_; }  // empty when its octets are not copied
    [[nodiscard]] std::string take_body() { return std::move(body_); }
    [[nodiscard]] const std::shared_ptr<const void>& body_owner() const { return body_owner_; }
    [[nodiscard]] std::string_view owned_body() const { return owned_body_; }

private:
    int status_;
    std::vector<Header> headers_;
    std::string body_;
    std::shared_ptr<const void> body_owner_;
    std::string_view owned_body_;  // of body_owner_, when there is one
};

// 204.
struct NoContent {};

// 201 with a Location. Created{post, "/api/posts/{}", post.id} fills the {}.
template <class T>
struct Created {
    T value;
    std::string location;

    Created(T created, std::string at) : value(std::move(created)), location(std::move(at)) {}
    template <class Id>
    Created(T created, std::string_view pattern, const Id& id) : value(std::move(created)), location(pattern) {
        if (const auto at = location.find("{}"); at != std::string::npos) location.replace(at, 2, text_of(id));
    }

private:
    template <class Id>
    static std::string text_of(const Id& id) {
        std::string json = to_json(id);  // the id's JSON, without quotes when it is text
        if (json.size() >= 2 && json.front() == '"') json = json.substr(1, json.size() - 2);
        return percent_encode(json);
    }
};
template <class T>
Created(T, std::string) -> Created<T>;
template <class T, class Id>
Created(T, std::string_view, const Id&) -> Created<T>;

// 202 with a body.
template <class T>
struct Accepted {
    T value;
};

// 200 with an ETag; to GET and HEAD, 304 by itself when If-None-Match names it. etag: quoted, see etag().
template <class T>
struct Tagged {
    T value;
    std::string etag;
};

// std::optional<T>: 200, or 404 when empty. void: 204. RawJson: 200 with that text.

}  // namespace gatehouse

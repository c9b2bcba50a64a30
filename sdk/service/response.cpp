#include <gatehouse/response.hpp>

#include <stdexcept>

#include "sdk/service/text.hpp"

namespace gatehouse {

namespace {

std::string to_field(const Cookie& cookie) {
    if (!detail::is_token(cookie.name)) throw std::logic_error("a cookie's name must be a token");
    for (const char c : cookie.value) {
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\') {
            throw std::logic_error("a cookie's value has a character that RFC 6265 forbids");
        }
    }
    std::string out = cookie.name + "=" + cookie.value;
    if (!cookie.path.empty()) out += "; Path=" + cookie.path;
    if (!cookie.domain.empty()) out += "; Domain=" + cookie.domain;
    if (cookie.max_age) out += "; Max-Age=" + std::to_string(cookie.max_age->count());
    if (cookie.http_only) out += "; HttpOnly";
    if (cookie.secure) out += "; Secure";
    if (!cookie.same_site.empty()) out += "; SameSite=" + cookie.same_site;
    return out;
}

}  // namespace

Response Response::text(std::string text, int status) {
    return Response(status).body(std::move(text), "text/plain; charset=utf-8");
}

Response Response::redirect(std::string location, int status) {
    return Response(status).header("location", std::move(location));
}

Response Response::not_modified(std::string etag) { return Response(304).header("etag", std::move(etag)); }

Response& Response::status(int status) & {
    status_ = status;
    return *this;
}

Response& Response::header(std::string_view name, std::string value) & {
    if (!detail::is_token(name) || !detail::is_field_value(value)) {
        throw std::logic_error("not a header field that HTTP allows: " + std::string(name));
    }
    headers_.push_back({detail::to_lower(name), std::move(value)});
    return *this;
}

Response& Response::cookie(const Cookie& cookie) & { return header("set-cookie", to_field(cookie)); }

Response& Response::body(std::string body, std::string content_type) & {
    body_ = std::move(body);
    body_owner_.reset();
    if (!content_type.empty()) header("content-type", std::move(content_type));
    return *this;
}

Response& Response::body(std::shared_ptr<const void> owner, std::string_view bytes, std::string content_type) & {
    body({}, std::move(content_type));
    body_owner_ = std::move(owner);
    owned_body_ = bytes;
    return *this;
}

Response&& Response::status(int status) && { return std::move(static_cast<Response&>(*this).status(status)); }
Response&& Response::header(std::string_view name, std::string value) && {
    return std::move(static_cast<Response&>(*this).header(name, std::move(value)));
}
Response&& Response::cookie(const Cookie& cookie) && { return std::move(static_cast<Response&>(*this).cookie(cookie)); }
Response&& Response::body(std::string body, std::string content_type) && {
    return std::move(static_cast<Response&>(*this).body(std::move(body), std::move(content_type)));
}
Response&& Response::body(std::shared_ptr<const void> owner, std::string_view bytes, std::string content_type) && {
    return std::move(static_cast<Response&>(*this).body(std::move(owner), bytes, std::move(content_type)));
}

}  // namespace gatehouse

#pragma once

#include <cstdint>
#include <string_view>

namespace gatehouse::http {

// Fields that the codec itself has to look at.
enum class KnownField : std::uint8_t {
    none,
    host,
    content_length,
    transfer_encoding,
    connection,
    expect,
    hop_by_hop,     // removed and otherwise ignored: Keep-Alive, TE, Trailer, Upgrade, Proxy-* …
    framing_alias,  // not Content-Length or Transfer-Encoding, but read as such where '_' and '.' are taken for '-'
    // Of these a request has one line at most: the gateway and a service must not choose different ones.
    authorization,
    content_type,
    cookie,
    idempotency_key,
    max_forwards,
    origin,
    range,
};

// name: lower-case.
KnownField classify_field(std::string_view name);

constexpr bool is_singleton(KnownField field) { return field >= KnownField::authorization; }

}  // namespace gatehouse::http

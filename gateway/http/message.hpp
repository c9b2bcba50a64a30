#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

// HTTP messages as the whole gateway sees them: parsed once, canonical, views into the buffer that was read. Nobody
// downstream looks at the client's octets again.
namespace gatehouse::http {

struct Field {
    std::string_view name;   // lower-case
    std::string_view value;  // without surrounding white space
    friend bool operator==(const Field&, const Field&) = default;
};

// How the end of a body is found (RFC 9112 section 6.3).
enum class Framing : std::uint8_t { none, length, chunked, until_close };

// All views point into the parsed buffer, which must outlive them; the vector keeps its capacity from request to
// request.
struct RequestHead {
    std::string_view method;
    std::string_view path;       // normalised: see target.hpp; "*" for OPTIONS *
    std::string_view query;      // without '?'
    std::string_view authority;  // host[:port], lower-case
    bool has_query = false;      // true for "/x?" as well
    int minor_version = 1;       // HTTP/1.minor
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;  // with Framing::length
    bool keep_alive = true;
    bool expects_continue = false;
    std::vector<Field> fields;  // in order of arrival, hop-by-hop fields and those that Connection names removed,
                                // Host and framing fields removed (they are the members above)
};

struct ResponseHead {
    int status = 0;
    int minor_version = 1;
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    bool keep_alive = true;
    std::vector<Field> fields;  // hop-by-hop and framing fields removed
};

// First field of that (lower-case) name, or nullptr.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);

}  // namespace gatehouse::http

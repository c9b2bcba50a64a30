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
    std::string_view path;           // normalised: see target.hpp; "*" for OPTIONS *
    std::string_view query;          // without '?'
    std::string_view authority;      // host[:port], lower-case
    bool has_query = false;          // true for "/x?" as well
    bool has_encoded_slash = false;  // "%2F" in path; only with EncodedSlash::keep
    int minor_version = 1;           // HTTP/1.minor
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;  // with Framing::length; 0 if the client said so
    bool keep_alive = true;
    bool expects_continue = false;  // 100-continue was asked for and a body is to come
    std::vector<Field> fields;      // in order of arrival, hop-by-hop fields and those that Connection names removed,
                                    // Host and framing fields removed (they are the members above)
};

struct ResponseHead {
    int status = 0;
    int minor_version = 1;
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;  // what Content-Length said: of the body with Framing::length, else of the body
                                       // that an answer to GET would have had (HEAD, 304)
    bool has_content_length = false;
    bool keep_alive = true;
    std::vector<Field> fields;  // hop-by-hop fields and those that Connection names removed, framing fields removed
};

// First field of that (lower-case) name, or nullptr.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);

}  // namespace gatehouse::http

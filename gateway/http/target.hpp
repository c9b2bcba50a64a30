#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::http {

// "%2F" is data to one reader and a separator to the next, so it is refused unless a route wants it.
enum class EncodedSlash : std::uint8_t { refuse, keep };

struct NormalizedPath {
    std::size_t size = 0;  // of the path in place
    bool has_encoded_slash = false;
    std::string_view refusal;  // reason token; empty if the path is good
};

// Brings a path to the one form in which it is matched, authorised and forwarded: unreserved characters decoded, other
// escapes kept with upper-case hex, duplicate slashes merged, then "." and ".." segments removed. In place. Refused:
// what is no pchar, bad escapes, escaped controls, escapes that are no UTF-8, escaped backslash or NUL, dot segments
// with parameters ("..;a=b") or beside a kept "%2F", and climbing above the root. Idempotent.
// (RFC 3986 section 6.2.2, hygiene rules of the README)
NormalizedPath normalize_path(std::span<char> path, EncodedSlash encoded_slash);

// The same with EncodedSlash::refuse; the new length, or nothing for what is refused.
std::optional<std::size_t> normalize_path(std::span<char> path);

// Decodes percent escapes of one segment of a normalised path.
std::string decode_segment(std::string_view segment);

}  // namespace gatehouse::http

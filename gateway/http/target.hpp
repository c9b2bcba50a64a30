#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::http {

// Brings a path to the one form in which it is matched, authorised and forwarded: unreserved characters decoded, other
// escapes kept with upper-case hex, "." and ".." segments removed, duplicate slashes merged. In place; returns the new
// length, or nothing for what is refused: bad escapes, controls, non-ASCII octets, encoded slash, backslash or NUL, a
// literal backslash, climbing above the root. Idempotent. (RFC 3986 section 6.2.2, hygiene rules of the routes page)
std::optional<std::size_t> normalize_path(std::span<char> path);

// Decodes percent escapes of one segment of a normalised path.
std::string decode_segment(std::string_view segment);

}  // namespace gatehouse::http

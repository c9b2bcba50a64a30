// Base64url without padding (RFC 4648, 5), the alphabet of JOSE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace auth {

[[nodiscard]] std::string base64url_encode(std::string_view bytes);

// Strict, so that every byte string has exactly one spelling: empty for padding, white space, the characters of the
// standard alphabet, an impossible length or left-over bits that are not zero.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace auth

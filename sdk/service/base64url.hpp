// Base64url without padding (RFC 4648, 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::detail {

[[nodiscard]] std::string base64url_encode(std::string_view bytes);
// Empty on a foreign character, an impossible length or left-over bits that are not zero: one text per value.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace gatehouse::detail

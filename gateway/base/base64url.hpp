#pragma once

#include <optional>
#include <string>
#include <string_view>

// RFC 4648 section 5, without padding.
namespace gatehouse::base64url {

std::string encode(std::string_view bytes);
// The same, appended to text.
void encode_to(std::string& text, std::string_view bytes);
// Empty for any character outside the alphabet, an impossible length or non-zero left-over bits.
std::optional<std::string> decode(std::string_view text);
// The same, into a string that is overwritten and keeps its capacity; false where decode() is empty.
bool decode_to(std::string& bytes, std::string_view text);

}  // namespace gatehouse::base64url

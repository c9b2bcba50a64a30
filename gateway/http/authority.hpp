#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace gatehouse::http {

// Checks host[:port] (RFC 3986 section 3.2 without userinfo) and lower-cases it in place. A host is a name of letters,
// digits, '-', '_' and '.', an IPv4 address or an IPv6 address in brackets without a zone; a port is at most 65535, and
// an empty one is cut off. Lists, escapes, empty labels and empty hosts are refused.
std::optional<std::string_view> normalize_authority(std::span<char> text);

}  // namespace gatehouse::http

// RFC 4648, 4: with padding, in one line.
#pragma once

#include <string>
#include <string_view>

namespace notify {

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace notify

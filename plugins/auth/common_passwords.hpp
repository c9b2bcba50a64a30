// The text of common_passwords.txt, embedded at build time: one lower-case password per line.
#pragma once

#include <string_view>

namespace auth {

[[nodiscard]] std::string_view common_passwords();

}  // namespace auth

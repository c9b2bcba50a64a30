// Names that others would take for those who run the site.
#pragma once

#include <string_view>

namespace auth {

// "admin", "support", "gatehouse" and the like, also written to look like it: in capitals, with dots or hyphens
// between, with digits for letters ("r00t"), with two letters that look like another one ("adrnin").
// REQUIRES: is_username(name).
[[nodiscard]] bool is_reserved_name(std::string_view name);

}  // namespace auth

// Between std::string_view and the C ABI's views.
#pragma once

#include <gatehouse/abi.h>

#include <string_view>

namespace gatehouse::detail {

[[nodiscard]] inline gh_str to_str(std::string_view text) { return {text.data(), text.size()}; }
[[nodiscard]] inline std::string_view to_view(gh_str text) {
    return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}

}  // namespace gatehouse::detail

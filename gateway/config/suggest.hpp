#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// The candidate that was probably meant: few typing errors away from `word`. Empty if none is close.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

// "did you mean "users"?", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace gatehouse::config

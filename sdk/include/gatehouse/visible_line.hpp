// What names of people and things must be, since they end up in mails, lists and terminals beside other text.
#pragma once

#include <string_view>

namespace gatehouse {

// One line of valid UTF-8 in any script, without what is not seen: control characters, ends of lines, characters that
// turn the direction of what follows, those without any width (but for the two joiners that scripts and emoji need),
// and private marks such as tags and noncharacters.
[[nodiscard]] bool is_visible_line(std::string_view text);

// For satisfies().
inline constexpr char kVisibleLineRule[] = "must be one line without invisible characters";

}  // namespace gatehouse

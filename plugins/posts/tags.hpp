// #hashtags: what a post is filed under.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/posts/post.hpp"

namespace posts {

inline constexpr std::size_t kTagsMax = 20;       // of one post; further ones are text like any other
inline constexpr std::size_t kTagLengthMax = 64;  // code points

// A '#' at the start of a word, then letters, digits and '_', at least one of them a letter; folded, without '#', each
// once, in the order of the text. "c#", "#1" and "a#b" hold none.
[[nodiscard]] std::vector<std::string> tags_in(std::string_view text);
[[nodiscard]] std::vector<std::string> tags_of(const Post& post);

// A tag as somebody asks for it, with or without '#'. Empty: it cannot be one.
[[nodiscard]] std::string normalised_tag(std::string_view text);

}  // namespace posts

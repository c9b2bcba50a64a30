#include "plugins/posts/post.hpp"

#include <algorithm>

namespace posts {

bool is_not_blank(const std::string& text) {
    return !std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

void PostChange::apply_to(Post& post) const {
    title.apply_to(post.title);
    text.apply_to(post.text);
    visibility.apply_to(post.visibility);
}

}  // namespace posts

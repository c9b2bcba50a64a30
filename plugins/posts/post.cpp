#include "plugins/posts/post.hpp"

#include <algorithm>

namespace posts {

std::string_view to_text(Visibility visibility) {
    switch (visibility) {
        case Visibility::public_: return "public";
        case Visibility::followers: return "followers";
        case Visibility::private_: break;
    }
    return "private";
}

Visibility to_visibility(std::string_view text) {
    if (text == "public") return Visibility::public_;
    return text == "followers" ? Visibility::followers : Visibility::private_;
}

bool is_not_blank(const std::string& text) {
    return !std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

bool are_distinct(const std::vector<std::string>& texts) {
    for (auto text = texts.begin(); text != texts.end(); ++text) {
        if (std::find(texts.begin(), text, *text) != text) return false;
    }
    return true;
}

void PostChange::apply_to(Post& post) const {
    title.apply_to(post.title);
    text.apply_to(post.text);
    visibility.apply_to(post.visibility);
    media.apply_to(post.media);
}

}  // namespace posts

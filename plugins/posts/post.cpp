#include "plugins/posts/post.hpp"

#include <algorithm>
#include <iterator>

#include "plugins/posts/words.hpp"

namespace posts {

namespace {

struct Block {
    char32_t first, last;
};

// Spaces of all widths, ends of lines, controls, what joins or turns other characters, and fillers.
constexpr Block kBlank[] = {{0x00, 0x20},       {0x7F, 0xA0},      {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},
                            {0x115F, 0x1160},   {0x1680, 0x1680},  {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F},
                            {0x2028, 0x202F},   {0x205F, 0x206F},  {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
                            {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF},
                            {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};

bool is_blank(char32_t c) {
    return std::any_of(std::begin(kBlank), std::end(kBlank),
                       [c](const Block& block) { return c >= block.first && c <= block.last; });
}

}  // namespace

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
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = code_point_at(text, at);
        if (!is_blank(next.value)) return true;
        at += next.length;
    }
    return false;
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

bool PostChange::alters(const Post& post) const {
    Post changed = post;
    apply_to(changed);
    return changed.title != post.title || changed.text != post.text || changed.visibility != post.visibility ||
           changed.media != post.media;
}

}  // namespace posts

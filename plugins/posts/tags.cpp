#include "plugins/posts/tags.hpp"

#include <algorithm>

#include "plugins/posts/words.hpp"

namespace posts {

namespace {

bool is_tag_character(char32_t c) { return c == '_' || is_word_character(c); }

// Reads a tag's characters from `at` on, and moves behind them. Empty: no tag.
std::string read_tag(std::string_view text, std::size_t& at) {
    std::string tag;
    bool has_letter = false;
    std::size_t length = 0;
    while (at < text.size()) {
        const CodePoint point = code_point_at(text, at);
        if (!is_tag_character(point.value)) break;
        has_letter = has_letter || is_letter(point.value);
        append_utf8(tag, fold(point.value));
        at += point.length;
        ++length;
    }
    return has_letter && length <= kTagLengthMax ? tag : std::string();
}

// Whether a word can begin behind the character that ends at `at`.
bool ends_a_word(std::string_view text, std::size_t at) {
    std::size_t before = at - 1;
    while (before > 0 && at - before < 4 && (static_cast<unsigned char>(text[before]) & 0xC0U) == 0x80) --before;
    const CodePoint point = code_point_at(text, before);
    if (before + point.length != at) return true;  // not UTF-8
    return point.value != '#' && point.value != '&' && !is_tag_character(point.value);
}

void add_tags(std::vector<std::string>& tags, std::string_view text) {
    std::size_t fresh = 0;  // where a tag may begin, whatever stands before it
    for (std::size_t at = text.find('#'); at != text.npos && tags.size() < kTagsMax; at = text.find('#', at)) {
        const bool is_start = at == fresh || ends_a_word(text, at);
        ++at;
        if (!is_start) continue;
        std::string tag = read_tag(text, at);
        if (tag.empty()) {
            if (text[at - 1] != '#') fresh = at;
        } else if (std::find(tags.begin(), tags.end(), tag) == tags.end()) {
            tags.push_back(std::move(tag));
        }
    }
}

}  // namespace

std::vector<std::string> tags_in(std::string_view text) {
    std::vector<std::string> tags;
    if (text.find('#') != std::string_view::npos) add_tags(tags, text);
    return tags;
}

std::vector<std::string> tags_of(const Post& post) {
    std::vector<std::string> tags = post.title ? tags_in(*post.title) : std::vector<std::string>();
    if (post.text.find('#') != std::string::npos) add_tags(tags, post.text);
    return tags;
}

std::string normalised_tag(std::string_view text) {
    if (!text.empty() && text.front() == '#') text.remove_prefix(1);
    std::size_t at = 0;
    std::string tag = read_tag(text, at);
    return at == text.size() ? tag : std::string();
}

}  // namespace posts

// Where the words of a text are, and in which spelling they are compared: the first step of search and of #hashtags.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace posts {

// One code point of UTF-8; a byte that is no part of any is U+FFFD and one byte long.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;
};
// REQUIRES: at < text.size().
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t at);
void append_utf8(std::string& text, char32_t code_point);

// Letters, digits and combining marks of all scripts; not '_', punctuation, symbols or emoji.
[[nodiscard]] bool is_word_character(char32_t code_point);
[[nodiscard]] bool is_letter(char32_t code_point);
// Lower case for Latin, Greek and Cyrillic; ё is е, é is e.
[[nodiscard]] char32_t fold(char32_t code_point);

struct Word {
    std::size_t begin = 0, end = 0;  // in bytes
    std::string folded;
};

inline constexpr std::size_t kWordLengthMax = 64;  // code points of `folded`; what is longer is cut there

// In the order of the text. "naïve" and its decomposed spelling are the same word.
[[nodiscard]] std::vector<Word> words_of(std::string_view text);

}  // namespace posts

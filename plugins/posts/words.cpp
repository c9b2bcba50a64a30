#include "plugins/posts/words.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace posts {

namespace {

// Beyond ASCII everything is taken as a letter but these: punctuation, symbols, arrows, emoji, private use.
constexpr std::pair<char32_t, char32_t> kNotInWords[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},       {0xB6, 0xB9},       {0xBB, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},
    {0x2C2, 0x2DF},   {0x37E, 0x37E},     {0x387, 0x387},     {0x55A, 0x55F},   {0x589, 0x58F},   {0x5BE, 0x5BE},
    {0x5C0, 0x5C0},   {0x5C3, 0x5C3},     {0x5F3, 0x5F4},     {0x600, 0x60F},   {0x61B, 0x61F},   {0x66A, 0x66D},
    {0x6D4, 0x6D4},   {0x964, 0x965},     {0x1680, 0x1680},   {0x180E, 0x180E}, {0x2000, 0x2BFF}, {0x2E00, 0x2E7F},
    {0x3000, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x3030},   {0x30FB, 0x30FB}, {0xD800, 0xF8FF}, {0xFD3E, 0xFD3F},
    {0xFE00, 0xFE1F}, {0xFE30, 0xFE6F},   {0xFEFF, 0xFF0F},   {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65},
    {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};

// U+00C0 to U+00FF without their accents; 0 = as it is, in lower case.
constexpr std::array<char, 32> kLatinBase = {'a', 'a', 'a', 'a', 'a', 'a', 0,   'c', 'e', 'e', 'e',
                                             'e', 'i', 'i', 'i', 'i', 0,   'n', 'o', 'o', 'o', 'o',
                                             'o', 0,   'o', 'u', 'u', 'u', 'u', 'y', 0,   'y'};

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_combining(char32_t c) { return c >= 0x300 && c <= 0x36F; }

constexpr char32_t kShortI = 0x439, kI = 0x438, kBreve = 0x306;

// What a combining mark does to the letter before it: й is a letter of its own, all other accents are dropped.
void combine(std::u32string& word, char32_t mark) {
    if (mark == kBreve && !word.empty() && word.back() == kI) word.back() = kShortI;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead >= 0xF5 || text.size() - at < length) return {0xFFFD, 1};
    char32_t value = length == 4 ? lead & 0x07U : length == 3 ? lead & 0x0FU : lead & 0x1FU;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80) return {0xFFFD, 1};
        value = (value << 6U) | (byte(at + i) & 0x3FU);
    }
    return {value, length};
}

void append_utf8(std::string& text, char32_t c) {
    const auto put = [&](char32_t bits) { text.push_back(static_cast<char>(static_cast<unsigned char>(bits))); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xC0U | (c >> 6U));
    } else {
        if (c < 0x10000) {
            put(0xE0U | (c >> 12U));
        } else {
            put(0xF0U | (c >> 18U));
            put(0x80U | ((c >> 12U) & 0x3FU));
        }
        put(0x80U | ((c >> 6U) & 0x3FU));
    }
    put(0x80U | (c & 0x3FU));
}

bool is_word_character(char32_t c) {
    if (c < 0x80) return is_ascii_letter(c) || is_ascii_digit(c);
    for (const auto& [first, last] : kNotInWords) {
        if (c < first) return true;
        if (c <= last) return false;
    }
    return c <= 0x10FFFF;
}

bool is_letter(char32_t c) { return is_word_character(c) && !is_ascii_digit(c) && !is_combining(c); }

char32_t fold(char32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c >= 0xC0 && c <= 0xFF && c != 0xD7 && c != 0xF7 && c != 0xDF) {
        const char base = kLatinBase[(c - 0xC0) % 32];
        return base != 0 ? static_cast<char32_t>(base) : c | 0x20U;
    }
    if (c >= 0x100 && c <= 0x137) return c | 1U;  // pairs of upper and lower case, even and odd
    if (c >= 0x139 && c <= 0x148) return c + (c & 1U);
    if (c >= 0x14A && c <= 0x177) return c | 1U;
    if (c >= 0x391 && c <= 0x3A9) return c + 32;
    if (c == 0x401 || c == 0x451) return 0x435;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x460 && c <= 0x4BF) return c | 1U;
    return c;
}

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    std::u32string letters;
    std::size_t begin = 0;
    const auto finish = [&](std::size_t end) {
        if (letters.empty()) return;
        Word word{begin, end, {}};
        for (const char32_t letter : letters) append_utf8(word.folded, letter);
        words.push_back(std::move(word));
        letters.clear();
    };
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = code_point_at(text, at);
        if (is_combining(point.value)) {
            combine(letters, point.value);
        } else if (!is_word_character(point.value)) {
            finish(at);
        } else {
            if (letters.empty()) begin = at;
            if (letters.size() < kWordLengthMax) letters.push_back(fold(point.value));
        }
        at += point.length;
    }
    finish(text.size());
    return words;
}

}  // namespace posts

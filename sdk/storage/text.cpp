#include "sdk/storage/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

namespace gatehouse::storage {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// Length of the well-formed sequence at `text`'s start, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned first = byte(0), second = byte(1);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !is_continuation(static_cast<unsigned char>(second))) return 0;
    if (first < 0xE0) return 2;
    if (!is_continuation(static_cast<unsigned char>(byte(2)))) return 0;
    if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
    if (!is_continuation(static_cast<unsigned char>(byte(3)))) return 0;
    return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
}

std::string_view skip_comments(std::string_view sql) {
    for (;;) {
        const auto start = sql.find_first_not_of(kSpaces);
        if (start == std::string_view::npos) return {};
        sql.remove_prefix(start);
        std::string_view end;
        if (sql.starts_with("--")) {
            end = "\n";
        } else if (sql.starts_with("/*")) {
            end = "*/";
        } else {
            return sql;
        }
        const auto stop = sql.find(end);
        if (stop == std::string_view::npos) return {};
        sql.remove_prefix(stop + end.size());
    }
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void refuse_transaction_control(std::string_view sql) {
    static constexpr std::array<std::string_view, 12> kWords = {"begin",   "commit", "rollback",  "end",
                                                                "abort",   "start",  "savepoint", "release",
                                                                "prepare", "attach", "detach",    "discard"};
    sql = skip_comments(sql);
    const std::string word = ascii_lower(sql.substr(0, sql.find_first_of(" \t\r\n;(/-")));
    if (std::ranges::find(kWords, word) != kWords.end()) {
        throw std::logic_error("\"" + word + "\" is not for a Transaction: it begins and ends by itself");
    }
}

std::string ascii_lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::string_view trim(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

}  // namespace gatehouse::storage

#include "sdk/seed/grammar.hpp"

#include <stdexcept>

#include "sdk/seed/data.hpp"
#include "sdk/seed/lines.hpp"

namespace gatehouse::seed {

namespace {

constexpr double kCommonFirst = 1.6;  // how much more often the first ways are taken than the last ones
constexpr double kNumbersTail = 0.8, kNumberMax = 30'000;  // small ones are common

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Latin and Cyrillic letters.
void capitalise(std::string& text, std::size_t at) {
    if (at >= text.size()) return;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (is_lower(text[at])) {
        text[at] = static_cast<char>(text[at] - 'a' + 'A');
    } else if (at + 1 < text.size() && byte(at) == 0xD0 && byte(at + 1) >= 0xB0) {  // а to п
        text[at + 1] = static_cast<char>(byte(at + 1) - 0x20);
    } else if (at + 1 < text.size() && byte(at) == 0xD1 && byte(at + 1) < 0x90) {  // р to я
        text[at] = static_cast<char>(0xD0);
        text[at + 1] = static_cast<char>(byte(at + 1) + 0x20);
    }
}

// "a old map" is "an old map".
bool ends_with_article(std::string_view text) { return text.ends_with(" a ") || text.ends_with("A ") || text == "a "; }

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

std::string lower(std::string_view name) {
    std::string text(name);
    if (!text.empty() && is_upper(text.front())) text.front() = static_cast<char>(text.front() - 'A' + 'a');
    return text;
}

}  // namespace

Grammar::Grammar(std::string_view file) {
    for_each_line(file, [&](std::string_view section, std::string_view) {
        if (lists_.emplace(section, lists_.size()).second) ways_.emplace_back();
    });
    for_each_line(file, [&](std::string_view section, std::string_view line) {
        ways_[lists_.find(section)->second].push_back(parse(line));
    });
    std::vector<int> state(ways_.size());
    for (std::size_t list = 0; list < ways_.size(); ++list) refuse_circle(list, state);
}

Grammar::Way Grammar::parse(std::string_view line) const {
    Way way;
    while (!line.empty()) {
        const std::size_t open = line.find('{');
        if (open > 0) way.push_back({Piece::Kind::text, false, std::string(line.substr(0, open)), {}, 0});
        if (open == std::string_view::npos) break;
        const std::size_t close = line.find('}', open);
        if (close == std::string_view::npos) throw std::logic_error("'{' without '}': " + std::string(line));
        const std::string_view inner = line.substr(open + 1, close - open - 1);
        line.remove_prefix(close + 1);
        if (const std::size_t bar = inner.find('|'); bar != std::string_view::npos) {
            way.push_back({Piece::Kind::gendered, false, std::string(inner.substr(0, bar)),
                           std::string(inner.substr(bar + 1)), 0});
        } else if (inner == "#") {
            way.push_back({Piece::Kind::number, false, {}, {}, 0});
        } else {
            const auto found = lists_.find(lower(inner));
            if (found == lists_.end()) throw std::logic_error("there is no list [" + std::string(inner) + "]");
            way.push_back({Piece::Kind::list, is_upper(inner.front()), {}, {}, found->second});
        }
    }
    return way;
}

void Grammar::refuse_circle(std::size_t list, std::vector<int>& state) const {
    enum { unseen, open, done };
    if (state[list] == done) return;
    if (state[list] == open) throw std::logic_error("a list leads back to itself");
    state[list] = open;
    for (const Way& way : ways_[list]) {
        for (const Piece& piece : way) {
            if (piece.kind == Piece::Kind::list) refuse_circle(piece.list, state);
        }
    }
    state[list] = done;
}

std::string Grammar::say(std::string_view start, Random& random, Gender writer) const {
    std::string text;
    append(text, lists_.find(start)->second, random, writer);
    return text;
}

void Grammar::append(std::string& text, std::size_t list, Random& random, Gender writer) const {
    const auto& ways = ways_[list];
    const auto count = static_cast<double>(ways.size());
    const auto place = static_cast<std::size_t>(count * std::pow(random.unit(), kCommonFirst));
    for (const Piece& piece : ways[place]) append(text, piece, random, writer);
}

void Grammar::append(std::string& text, const Piece& piece, Random& random, Gender writer) const {
    switch (piece.kind) {
        case Piece::Kind::text: text += piece.text; break;
        case Piece::Kind::gendered: text += writer == Gender::male ? piece.text : piece.other; break;
        case Piece::Kind::number:
            text += std::to_string(static_cast<std::int64_t>(3 * random.heavy(kNumbersTail, kNumberMax)));
            break;
        case Piece::Kind::list: {
            const std::size_t begin = text.size();
            append(text, piece.list, random, writer);
            if (piece.is_capital) capitalise(text, begin);
            if (begin < text.size() && is_vowel(text[begin]) &&
                ends_with_article(std::string_view(text).substr(0, begin))) {
                text.insert(begin - 1, 1, 'n');
            }
            break;
        }
    }
}

const Grammar& grammar_of(Language language) {
    static const Grammar english(data::english_grammar()), russian(data::russian_grammar());
    return language == Language::english ? english : russian;
}

}  // namespace gatehouse::seed

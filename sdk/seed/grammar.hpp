// Texts that read like those of people: sentences by the rules of a grammar file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/seed/random.hpp"

namespace gatehouse::seed {

enum class Gender : std::uint8_t { male, female };

// The file: lines "[name]", each followed by ways to say it, the common ones first. In these, {name} stands for one of
// the ways of another list, {Name} for the same with a capital, {a|b} for `a` where a man writes and `b` where a woman
// does, {#} for a number. Immutable, so any thread may use it.
class Grammar final {
public:
    // Throws std::logic_error for a list that is named and is not there, is empty, or leads back to itself.
    explicit Grammar(std::string_view file);

    // One of the ways to say the start, such as "post".  REQUIRES: there is a list of that name
    [[nodiscard]] std::string say(std::string_view start, Random& random, Gender writer) const;

private:
    struct Piece {
        enum class Kind : std::uint8_t { text, list, gendered, number } kind = Kind::text;
        bool is_capital = false;
        std::string text, other;  // other: what a woman writes
        std::size_t list = 0;
    };
    using Way = std::vector<Piece>;

    [[nodiscard]] Way parse(std::string_view line) const;
    void refuse_circle(std::size_t list, std::vector<int>& state) const;
    void append(std::string& text, std::size_t list, Random& random, Gender writer) const;
    void append(std::string& text, const Piece& piece, Random& random, Gender writer) const;

    std::map<std::string, std::size_t, std::less<>> lists_;
    std::vector<std::vector<Way>> ways_;
};

// The grammars of this library.
enum class Language : std::uint8_t { english, russian };
[[nodiscard]] const Grammar& grammar_of(Language language);

}  // namespace gatehouse::seed

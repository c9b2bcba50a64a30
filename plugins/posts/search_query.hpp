// What somebody searches for: words, "phrases", and either of them with a - before it, which must not occur.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace posts {

inline constexpr std::size_t kQueryLengthMax = 256;  // code points
inline constexpr std::size_t kQueryTermsMax = 16, kQueryWordsMax = 32;

struct SearchTerm {
    std::vector<std::string> stems;  // one after another; never empty
    bool is_excluded = false;
};

struct SearchQuery {
    std::vector<SearchTerm> terms;  // at least one is wanted

    // For FTS5's `match`, and for a cast to tsquery. Stems hold word characters only: there is nothing to escape.
    [[nodiscard]] std::string to_fts5() const;
    [[nodiscard]] std::string to_tsquery() const;
};

// Any text is understood somehow: an open quotation ends with the text, signs without words mean nothing. Throws
// gatehouse::Invalid (parameter q) when no word is left to look for, or there are too many.
[[nodiscard]] SearchQuery parse_search_query(std::string_view text);

}  // namespace posts

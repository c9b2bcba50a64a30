// How well a post answers a search.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/posts/search_query.hpp"

namespace posts {

// A post that matches, as its stems were stored.
struct SearchCandidate {
    std::int64_t id = 0;
    std::string title, body;  // stems with a space between them
};

// Grows with how often the wanted terms occur, more slowly each time, three times as much for the title; a long text
// counts less.
[[nodiscard]] double score(const SearchCandidate& candidate, const SearchQuery& query);

// Best first, newest first among equals.
[[nodiscard]] std::vector<std::int64_t> ranked(const std::vector<SearchCandidate>& candidates,
                                               const SearchQuery& query);

}  // namespace posts

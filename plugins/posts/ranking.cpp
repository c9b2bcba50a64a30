#include "plugins/posts/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace posts {

namespace {

constexpr double kTitleWeight = 3.0;

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

int occurrences(const std::vector<std::string_view>& words, const SearchTerm& term) {
    int count = 0;
    auto at = words.begin();
    while ((at = std::search(at, words.end(), term.stems.begin(), term.stems.end())) != words.end()) {
        ++count;
        ++at;
    }
    return count;
}

double weight(int count) { return count == 0 ? 0.0 : 1.0 + std::log(count); }

}  // namespace

double score(const SearchCandidate& candidate, const SearchQuery& query) {
    const auto title = split(candidate.title), body = split(candidate.body);
    double sum = 0;
    for (const SearchTerm& term : query.terms) {
        if (term.is_excluded) continue;
        sum += kTitleWeight * weight(occurrences(title, term)) + weight(occurrences(body, term));
    }
    return sum / (1.0 + 0.1 * std::log1p(static_cast<double>(body.size())));
}

std::vector<std::int64_t> ranked(const std::vector<SearchCandidate>& candidates, const SearchQuery& query) {
    std::vector<std::pair<double, std::int64_t>> scored;
    scored.reserve(candidates.size());
    for (const SearchCandidate& candidate : candidates) scored.emplace_back(score(candidate, query), candidate.id);
    std::sort(scored.begin(), scored.end(), std::greater<>());
    std::vector<std::int64_t> ids;
    ids.reserve(scored.size());
    for (const auto& [unused, id] : scored) ids.push_back(id);
    return ids;
}

}  // namespace posts

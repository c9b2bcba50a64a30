#include "plugins/posts/highlight.hpp"

#include <algorithm>
#include <vector>

#include "plugins/posts/stemmer.hpp"
#include "plugins/posts/words.hpp"

namespace posts {

namespace {

constexpr std::size_t kWordsBefore = 8, kWordsShown = 40, kBytesShown = 1'500;

struct MarkedWord {
    std::size_t begin = 0, end = 0;
    bool is_marked = false;
};

bool stands_at(const std::vector<std::string>& stems, std::size_t at, const SearchTerm& term) {
    return stems.size() - at >= term.stems.size() &&
           std::equal(term.stems.begin(), term.stems.end(), stems.begin() + static_cast<std::ptrdiff_t>(at));
}

std::vector<MarkedWord> mark(std::string_view text, const SearchQuery& query, Stemmer& stemmer) {
    std::vector<MarkedWord> marked;
    std::vector<std::string> stems;
    for (const Word& word : words_of(text)) {
        marked.push_back({word.begin, word.end, false});
        stems.push_back(stemmer.stem(word.folded));
    }
    for (std::size_t at = 0; at < stems.size(); ++at) {
        for (const SearchTerm& term : query.terms) {
            if (term.is_excluded || !stands_at(stems, at, term)) continue;
            for (std::size_t i = 0; i < term.stems.size(); ++i) marked[at + i].is_marked = true;
        }
    }
    return marked;
}

void append_escaped(std::string& html, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': html += "&amp;"; break;
            case '<': html += "&lt;"; break;
            case '>': html += "&gt;"; break;
            case '"': html += "&quot;"; break;
            case '\'': html += "&#39;"; break;
            default: html += c;
        }
    }
}

// Words that stand together are one <mark>.
std::string render(std::string_view text, const std::vector<MarkedWord>& words, std::size_t first, std::size_t last) {
    std::string html;
    std::size_t at = first == 0 ? 0 : words[first].begin;
    if (first > 0) html = "…";
    for (std::size_t i = first; i < last; ++i) {
        if (!words[i].is_marked) continue;
        const std::size_t begin = words[i].begin;
        while (i + 1 < last && words[i + 1].is_marked) ++i;
        append_escaped(html, text.substr(at, begin - at));
        html += "<mark>";
        append_escaped(html, text.substr(begin, words[i].end - begin));
        html += "</mark>";
        at = words[i].end;
    }
    const bool is_cut = last < words.size();
    append_escaped(html, is_cut ? text.substr(at, words[last - 1].end - at) : text.substr(at));
    if (is_cut) html += "…";
    return html;
}

std::string snippet(std::string_view text, const std::vector<MarkedWord>& words) {
    const auto found = std::find_if(words.begin(), words.end(), [](const MarkedWord& word) { return word.is_marked; });
    const auto place = found == words.end() ? std::size_t{0} : static_cast<std::size_t>(found - words.begin());
    const std::size_t first = place > kWordsBefore && words.size() > kWordsShown ? place - kWordsBefore : 0;
    std::size_t last = std::min(words.size(), first + kWordsShown);
    while (last > place + 1 && words[last - 1].end - words[first].begin > kBytesShown) --last;
    return render(text, words, first, last);
}

}  // namespace

Highlight highlight(const std::optional<std::string>& title, std::string_view text, const SearchQuery& query) {
    Stemmer stemmer;
    Highlight result;
    if (title) {
        const auto words = mark(*title, query, stemmer);
        result.title = render(*title, words, 0, words.size());
    }
    result.text = snippet(text, mark(text, query, stemmer));
    return result;
}

}  // namespace posts

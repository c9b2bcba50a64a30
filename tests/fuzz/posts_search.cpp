// Search queries, words, tags and highlighting: any octets, bounded, and what is shown is the text and nothing else.
#include <gatehouse/problem.hpp>

#include <cstdint>
#include <cstdlib>

#include "plugins/posts/highlight.hpp"
#include "plugins/posts/search_query.hpp"
#include "plugins/posts/tags.hpp"
#include "plugins/posts/words.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_words(std::string_view text) {
    std::size_t at = 0;
    for (const posts::Word& word : posts::words_of(text)) {
        require(at <= word.begin && word.begin < word.end && word.end <= text.size());
        require(!word.folded.empty() && word.folded.size() <= 4 * posts::kWordLengthMax);
        require(word.folded.find_first_of("'\"\\ &|!():*<>") == std::string::npos);
        at = word.end;
    }
    for (const std::string& tag : posts::tags_in(text)) require(posts::normalised_tag("#" + tag) == tag);
}

// The text without its marks.
std::string plain(std::string html) {
    for (const char* mark : {"<mark>", "</mark>"}) {
        for (std::size_t at = 0; (at = html.find(mark, at)) != std::string::npos;) {
            html.erase(at, std::string_view(mark).size());
        }
    }
    return html;
}

void check_highlight(std::string_view text, const posts::SearchQuery& query) {
    const posts::Highlight shown = posts::highlight(std::string(text), text, query);
    require(plain(*shown.title).find_first_of("<>\"'") == std::string::npos);
    require(plain(shown.text).find_first_of("<>\"'") == std::string::npos);
}

}  // namespace

// The query, a line break, the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view text = input.substr(end);
    check_words(text);
    try {
        const posts::SearchQuery query = posts::parse_search_query(input.substr(0, end));
        require(!query.terms.empty() && query.terms.size() <= posts::kQueryTermsMax);
        check_highlight(text, query);
    } catch (const gatehouse::Invalid&) {
    }
    return 0;
}

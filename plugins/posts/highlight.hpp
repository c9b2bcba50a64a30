// Shows where in a post the words are that somebody looked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/describe.hpp>

#include "plugins/posts/search_query.hpp"

namespace posts {

// HTML: the text is escaped, what was found stands in <mark>. A text that goes on before or after is cut with "…".
struct Highlight {
    std::optional<std::string> title;  // null without one
    std::string text;                  // the part around the first place, about 40 words
};
constexpr auto describe(Highlight*) {
    using gatehouse::description;
    return gatehouse::fields(
        gatehouse::field("title", &Highlight::title, description("HTML, with <mark>")),
        gatehouse::field("text", &Highlight::text, description("HTML, with <mark>; the part around the first place")));
}

[[nodiscard]] Highlight highlight(const std::optional<std::string>& title, std::string_view text,
                                  const SearchQuery& query);

}  // namespace posts

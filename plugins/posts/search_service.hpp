// Finding posts by their words, and keeping the index of words and tags.
//
// A search looks at the newest posts that match, a window of kWindow, and ranks those; the next window follows when
// they are used up. So it costs the same however many posts there are, and what is found first is fresh as well as
// fitting.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/posts/highlight.hpp"
#include "plugins/posts/post.hpp"

namespace posts {

struct SearchRequest : gatehouse::PageQuery {
    std::string q;
};
constexpr auto describe(SearchRequest*) {
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(),
                  field("q", &SearchRequest::q, gatehouse::min_length(1), max_length(kQueryLengthMax),
                        gatehouse::description("words, \"phrases\", and -words or -\"phrases\" that must not occur")));
}

// A post, and where the words are in it.
struct SearchHit : Post {
    Highlight highlight;
};
constexpr auto describe(SearchHit*) {
    return std::apply([](auto... of_post) { return fields(of_post..., field("highlight", &SearchHit::highlight)); },
                      describe(static_cast<Post*>(nullptr)).list);
}

class SearchService final {
public:
    static constexpr int kWindow = 100;

    SearchService(const gatehouse::Context& context, gatehouse::Database& database, std::string_view cursor_key);

    // Sees what was committed before it began.
    gatehouse::Page<SearchHit> find(const SearchRequest& request, const Viewer& viewer);
    // Indexes what came without its words and tags: posts from before there was an index, and imported ones.
    void index_missing(const gatehouse::JobRun& run);

private:
    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::Cursors cursors_;
};

}  // namespace posts

#include "plugins/posts/search_service.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "plugins/posts/post_repository.hpp"
#include "plugins/posts/search_repository.hpp"
#include "plugins/posts/sight.hpp"
#include "plugins/posts/tag_repository.hpp"

namespace posts {

namespace {

constexpr int kIndexedAtOnce = 100;
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

std::vector<SearchHit> in_order(std::vector<Post> posts, std::span<const std::int64_t> ids, const SearchQuery& query) {
    std::map<std::int64_t, Post*> by_id;
    for (Post& post : posts) by_id.emplace(post.id, &post);
    std::vector<SearchHit> hits;
    hits.reserve(posts.size());
    for (const std::int64_t id : ids) {
        const auto found = by_id.find(id);
        if (found == by_id.end()) continue;
        SearchHit hit{std::move(*found->second), {}};
        hit.highlight = highlight(hit.title, hit.text, query);
        hits.push_back(std::move(hit));
    }
    return hits;
}

}  // namespace

SearchService::SearchService(const gatehouse::Context& context, gatehouse::Database& database,
                             std::string_view cursor_key)
    : context_(context), database_(database), cursors_(cursor_key) {}

// A cursor is a window, named by its newest post, and a place in its ranking.
gatehouse::Page<SearchHit> SearchService::find(const SearchRequest& request, const Viewer& viewer) {
    const SearchQuery query = parse_search_query(request.q);
    const std::string scope = "posts.search." + query.to_tsquery();
    const auto [newest, place] =
        cursors_.open<std::int64_t, std::int64_t>(request.cursor, scope).value_or(std::tuple(kNewest, std::int64_t{0}));
    return database_.read([&, newest = newest, place = place](Transaction& tx) {
        const auto window = search::matches(tx, query, viewer, newest, kWindow);
        const auto ids = ranked(window, query);
        const auto first = std::min(static_cast<std::size_t>(place), ids.size());
        const auto last = std::min(first + static_cast<std::size_t>(request.limit), ids.size());
        const std::span<const std::int64_t> shown(ids.data() + first, last - first);
        gatehouse::Page<SearchHit> page;
        page.items = in_order(shown_to(tx, viewer, repository::find_all(tx, shown, viewer)), shown, query);
        if (last < ids.size()) {
            page.next_cursor = cursors_.seal(scope, window.front().id, static_cast<std::int64_t>(last));
        } else if (window.size() == static_cast<std::size_t>(kWindow)) {
            page.next_cursor = cursors_.seal(scope, window.back().id - 1, std::int64_t{0});
        }
        return page;
    });
}

void SearchService::index_missing(const gatehouse::JobRun& run) {
    std::size_t count = 0;
    for (bool is_done = false; !is_done && !run.should_stop();) {
        const std::size_t indexed = database_.write([&](Transaction& tx) {
            const auto posts = repository::take_not_indexed(tx, kIndexedAtOnce);
            for (const Post& post : posts) {
                post_tags::replace(tx, post);
                search::replace(tx, post.id, search::document_of(post));
                repository::mark_indexed(tx, post.id);
            }
            return posts.size();
        });
        count += indexed;
        is_done = indexed == 0;
    }
    if (count > 0) context_.log().info("posts were indexed for search", {{"posts", count}});
}

}  // namespace posts

// The news feed: which posts, and from the service `posts` the posts themselves, as the reader may see them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/subscriptions/feed_cache.hpp"
#include "plugins/subscriptions/feed_post.hpp"

namespace subscriptions {

// Posts as `posts` shows them.
struct FeedPage {
    std::vector<gatehouse::RawJsonOf<FeedPost>> items;
    std::optional<std::string> next_cursor;
};
constexpr auto describe(FeedPage*) {
    return gatehouse::fields(gatehouse::field("items", &FeedPage::items,
                                              gatehouse::description("posts, in the form of GET /api/posts/{id}")),
                             gatehouse::field("next_cursor", &FeedPage::next_cursor));
}

class FeedService final {
public:
    FeedService(const gatehouse::Context& context, gatehouse::Database& database, FeedCache& cache,
                std::string_view cursor_key);

    // Newest first. Throws gatehouse::CallFailed when posts cannot be asked.
    FeedPage page(const gatehouse::Request& request, const gatehouse::PageQuery& query);

private:
    [[nodiscard]] std::vector<std::int64_t> older(std::int64_t reader, std::int64_t before, std::size_t limit);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    FeedCache& cache_;
    gatehouse::Cursors cursors_;
};

}  // namespace subscriptions

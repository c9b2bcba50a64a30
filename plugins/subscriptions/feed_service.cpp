#include "plugins/subscriptions/feed_service.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "plugins/subscriptions/feed_pull.hpp"
#include "plugins/subscriptions/post_batch.hpp"

namespace subscriptions {

namespace {

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr int kRoundsMax = 5;  // of filling up a page from which posts were left out

std::string scope_of(std::int64_t reader) { return "feed." + std::to_string(reader); }

}  // namespace

FeedService::FeedService(const gatehouse::Context& context, gatehouse::Database& database, FeedCache& cache,
                         std::string_view cursor_key)
    : context_(context), database_(database), cache_(cache), cursors_(cursor_key) {}

FeedPage FeedService::page(const gatehouse::Request& request, const gatehouse::PageQuery& query) {
    const std::int64_t reader = request.user().id;
    const std::string scope = scope_of(reader);
    std::int64_t before = std::get<0>(cursors_.open<std::int64_t>(query.cursor, scope).value_or(std::tuple(kNewest)));
    const auto limit = static_cast<std::size_t>(query.limit);
    FeedPage page;
    bool has_more = true;
    for (int round = 0; round < kRoundsMax && has_more && page.items.size() < limit; ++round) {
        const std::size_t wanted = limit - page.items.size();
        auto ids = older(reader, before, wanted + 1);
        has_more = ids.size() > wanted;
        if (has_more) ids.resize(wanted);
        if (ids.empty()) break;
        before = ids.back();
        auto shown = context_.call("posts", ask_for_posts(std::move(ids)).on_behalf_of(request)).raw_items("items");
        std::move(shown.begin(), shown.end(), std::back_inserter(page.items));
    }
    if (has_more) page.next_cursor = cursors_.seal(scope, before);
    return page;
}

std::vector<std::int64_t> FeedService::older(std::int64_t reader, std::int64_t before, std::size_t limit) {
    return database_.read([&](gatehouse::Transaction& tx) {
        auto head = cache_.head(tx, reader, context_.now());
        const auto first = std::upper_bound(head.posts.begin(), head.posts.end(), before, std::greater<>());
        std::vector<std::int64_t> ids(first, head.posts.end());
        if (ids.size() < limit && !head.is_all) ids = feed::pull(tx, reader, before, static_cast<int>(limit));
        ids.resize(std::min(ids.size(), limit));
        return ids;
    });
}

}  // namespace subscriptions

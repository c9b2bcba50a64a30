#include "plugins/subscriptions/feed_handlers.hpp"

#include <gatehouse/problem.hpp>

namespace subscriptions {

FeedPage FeedHandlers::own(const gatehouse::Request& request, gatehouse::Query<gatehouse::PageQuery> query) {
    return service_.page(request, query);
}

FeedPage FeedHandlers::of(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> user_id,
                          gatehouse::Query<gatehouse::PageQuery> query) {
    if (request.user().id != user_id) throw gatehouse::Forbidden("A news feed is its reader's own.");
    return service_.page(request, query);
}

}  // namespace subscriptions

// Translates requests into calls of FeedService and back.
#pragma once

#include <cstdint>

#include <gatehouse/handler.hpp>

#include "plugins/subscriptions/feed_service.hpp"

namespace subscriptions {

class FeedHandlers final {
public:
    explicit FeedHandlers(FeedService& service) : service_(service) {}

    FeedPage own(const gatehouse::Request& request, gatehouse::Query<gatehouse::PageQuery> query);
    // Forbidden for somebody else's.
    FeedPage of(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> user_id,
                gatehouse::Query<gatehouse::PageQuery> query);

private:
    FeedService& service_;
};

}  // namespace subscriptions

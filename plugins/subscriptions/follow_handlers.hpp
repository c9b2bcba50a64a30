// Translates requests into calls of FollowService and back.
#pragma once

#include <cstdint>

#include <gatehouse/handler.hpp>

#include "plugins/subscriptions/follow_service.hpp"

namespace subscriptions {

class FollowHandlers final {
public:
    explicit FollowHandlers(FollowService& service) : service_(service) {}

    // 201, or 200 when that was so already. No Location: a following has no address of its own to be read at, for
    // GET /api/subscriptions/{user_id} is whom that user follows.
    gatehouse::Response follow(const gatehouse::Request& request, const FollowDraft& draft);
    gatehouse::NoContent unfollow(const gatehouse::User& user, gatehouse::PathParam<std::int64_t> user_id);
    gatehouse::Page<Person> own(const gatehouse::Request& request, gatehouse::Query<gatehouse::PageQuery> query);
    gatehouse::Page<Person> followed(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> user_id,
                                     gatehouse::Query<gatehouse::PageQuery> query);
    gatehouse::Page<Person> followers(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> user_id,
                                      gatehouse::Query<gatehouse::PageQuery> query);

private:
    FollowService& service_;
};

}  // namespace subscriptions

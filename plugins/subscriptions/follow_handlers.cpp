#include "plugins/subscriptions/follow_handlers.hpp"

namespace subscriptions {

gatehouse::Response FollowHandlers::follow(const gatehouse::Request& request, const FollowDraft& draft) {
    const auto outcome = service_.follow(request, draft.user_id);
    return gatehouse::Response::json(outcome.follow, outcome.is_new ? 201 : 200);
}

gatehouse::NoContent FollowHandlers::unfollow(const gatehouse::User& user, gatehouse::PathParam<std::int64_t> user_id) {
    service_.unfollow(user, user_id);
    return {};
}

gatehouse::Page<Person> FollowHandlers::own(const gatehouse::Request& request,
                                            gatehouse::Query<gatehouse::PageQuery> query) {
    return service_.list(request, FollowService::Side::followed, request.user().id, query);
}

gatehouse::Page<Person> FollowHandlers::followed(const gatehouse::Request& request,
                                                 gatehouse::PathParam<std::int64_t> user_id,
                                                 gatehouse::Query<gatehouse::PageQuery> query) {
    return service_.list(request, FollowService::Side::followed, user_id, query);
}

gatehouse::Page<Person> FollowHandlers::followers(const gatehouse::Request& request,
                                                  gatehouse::PathParam<std::int64_t> user_id,
                                                  gatehouse::Query<gatehouse::PageQuery> query) {
    return service_.list(request, FollowService::Side::followers, user_id, query);
}

}  // namespace subscriptions

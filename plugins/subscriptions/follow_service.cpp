#include "plugins/subscriptions/follow_service.hpp"

#include <limits>
#include <string>

#include <gatehouse/problem.hpp>

#include "plugins/subscriptions/follow_repository.hpp"
#include "plugins/subscriptions/subscription_events.hpp"

namespace subscriptions {

namespace {

using gatehouse::Transaction;

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

std::string scope_of(FollowService::Side side, std::int64_t user_id) {
    return (side == FollowService::Side::followed ? "followed." : "followers.") + std::to_string(user_id);
}

}  // namespace

FollowService::FollowService(const gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                             std::string_view cursor_key)
    : context_(context), database_(database), ids_(ids), people_(context), cursors_(cursor_key) {}

FollowService::Outcome FollowService::follow(const gatehouse::Request& request, std::int64_t user_id) {
    const gatehouse::User& follower = request.user();
    if (user_id == follower.id) throw gatehouse::Invalid("/user_id", "must be somebody else");
    const auto known = database_.read([&](Transaction& tx) { return repository::find(tx, follower.id, user_id); });
    if (known) return {*known, false};
    if (!people_.exists(user_id, request)) throw gatehouse::NotFound("There is no such user.");
    const Follow follow{ids_.next(), follower.id, user_id, context_.wall_time()};
    return database_.write([&](Transaction& tx) -> Outcome {
        if (repository::is_leaver(tx, user_id) || repository::is_leaver(tx, follower.id)) {
            throw gatehouse::NotFound("There is no such user.");
        }
        if (repository::count_followed(tx, follower.id, kFollowedMax) >= kFollowedMax) {
            throw gatehouse::Conflict("You follow as many people as one may.");
        }
        if (!repository::insert(tx, follow))
            return {repository::find(tx, follower.id, user_id).value_or(follow), false};
        repository::touch_reader(tx, follower.id);
        events::created(tx, follow, follower.name);
        return {follow, true};
    });
}

void FollowService::unfollow(const gatehouse::User& user, std::int64_t user_id) {
    database_.write([&](Transaction& tx) {
        if (!repository::remove(tx, user.id, user_id)) return;
        repository::touch_reader(tx, user.id);
        events::deleted(tx, user.id, user_id);
    });
}

gatehouse::Page<Person> FollowService::list(const gatehouse::Request& request, Side side, std::int64_t user_id,
                                            const gatehouse::PageQuery& query) {
    const std::string scope = scope_of(side, user_id);
    const auto before = std::get<0>(cursors_.open<std::int64_t>(query.cursor, scope).value_or(std::tuple(kLatest)));
    auto rows = database_.read([&](Transaction& tx) {
        return side == Side::followed ? repository::followed_by(tx, user_id, before, query.limit + 1)
                                      : repository::followers_of(tx, user_id, before, query.limit + 1);
    });
    const bool is_own = request.maybe_user() != nullptr && request.maybe_user()->id == user_id;
    if (rows.empty() && !query.cursor && !is_own && !people_.exists(user_id, request)) {
        throw gatehouse::NotFound("There is no such user.");
    }
    const auto page = gatehouse::make_page(std::move(rows), query.limit,
                                           [&](const Follow& last) { return cursors_.seal(scope, last.id); });
    gatehouse::Page<Person> people{{}, page.next_cursor};
    for (const Follow& follow : page.items) {
        Person person;
        person.user_id = side == Side::followed ? follow.user_id : follow.follower_id;
        person.since = follow.created_at;
        people.items.push_back(std::move(person));
    }
    people_.name(people.items, request);
    return people;
}

}  // namespace subscriptions

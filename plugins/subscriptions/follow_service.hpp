// The rules about who follows whom.
#pragma once

#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/subscriptions/follow.hpp"
#include "plugins/subscriptions/people.hpp"

namespace subscriptions {

class FollowService final {
public:
    static constexpr std::int64_t kFollowedMax = 10'000;  // by one person

    FollowService(const gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                  std::string_view cursor_key);

    struct Outcome {
        Follow follow;
        bool is_new = false;
    };
    // Invalid for oneself, NotFound for nobody, Conflict for too many. Repeated: the first one.
    Outcome follow(const gatehouse::Request& request, std::int64_t user_id);
    // Idempotent.
    void unfollow(const gatehouse::User& user, std::int64_t user_id);

    enum class Side { followed, followers };
    // Latest first. NotFound when nobody is in the list because there is no such user.
    gatehouse::Page<Person> list(const gatehouse::Request& request, Side side, std::int64_t user_id,
                                 const gatehouse::PageQuery& query);

private:
    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::IdSource& ids_;
    People people_;
    gatehouse::Cursors cursors_;
};

}  // namespace subscriptions

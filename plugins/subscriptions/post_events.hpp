// What the service `posts` tells, as far as feeds need it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/events.hpp>

namespace subscriptions {

struct PostChanged {
    std::int64_t id = 0, author_id = 0;
    std::string visibility;  // public, followers, private
};
constexpr auto describe(PostChanged*) {
    return gatehouse::fields(gatehouse::field("id", &PostChanged::id),
                             gatehouse::field("author_id", &PostChanged::author_id),
                             gatehouse::field("visibility", &PostChanged::visibility));
}

struct PostGone {
    std::int64_t id = 0;
};
constexpr auto describe(PostGone*) { return gatehouse::fields(gatehouse::field("id", &PostGone::id)); }

namespace post_events {

void changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const PostChanged& post);  // or new
void deleted(gatehouse::Transaction& tx, const gatehouse::Event& event, const PostGone& post);

}  // namespace post_events
}  // namespace subscriptions

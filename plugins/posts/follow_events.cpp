#include "plugins/posts/follow_events.hpp"

#include "plugins/posts/follow_repository.hpp"

namespace posts::follow_events {

void created(gatehouse::Transaction& tx, const gatehouse::Event&, const Following& following) {
    follows::insert(tx, following.follower_id, following.user_id);
}

void deleted(gatehouse::Transaction& tx, const gatehouse::Event&, const Following& following) {
    follows::remove(tx, following.follower_id, following.user_id);
}

}  // namespace posts::follow_events

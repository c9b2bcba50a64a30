#include "plugins/subscriptions/post_events.hpp"

#include "plugins/subscriptions/feed_repository.hpp"

namespace subscriptions::post_events {

// What is not known to be for more than its author is in nobody's feed.
void changed(gatehouse::Transaction& tx, const gatehouse::Event&, const PostChanged& post) {
    if (post.visibility == "public" || post.visibility == "followers") {
        feed::put(tx, post.id, post.author_id, post.visibility);
    } else {
        feed::remove(tx, post.id);
    }
}

void deleted(gatehouse::Transaction& tx, const gatehouse::Event&, const PostGone& post) { feed::remove(tx, post.id); }

}  // namespace subscriptions::post_events

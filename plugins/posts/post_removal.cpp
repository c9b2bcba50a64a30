#include "plugins/posts/post_removal.hpp"

#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_repository.hpp"
#include "plugins/posts/search_repository.hpp"
#include "plugins/posts/sight.hpp"

namespace posts::removal {

Post lock_with_original(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    if (const auto original = repository::shared_by(tx, id)) {
        static_cast<void>(repository::lock(tx, *original, viewer));
    }
    return lock_visible_post(tx, id, viewer);
}

std::optional<Post> lock_any_with_original(Transaction& tx, std::int64_t id) {
    if (const auto original = repository::shared_by(tx, id)) {
        static_cast<void>(repository::lock(tx, *original, Viewer()));
    }
    return repository::lock(tx, id, Viewer());
}

void remove(Transaction& tx, const Post& post) {
    search::remove(tx, post.id);
    repository::remove(tx, post.id);
    if (post.repost_of && post.visibility == Visibility::public_) repository::add_reposts(tx, *post.repost_of, -1);
    events::post_deleted(tx, post);
}

}  // namespace posts::removal

#include "plugins/posts/housekeeping.hpp"

#include "plugins/posts/post_removal.hpp"
#include "plugins/posts/post_repository.hpp"

namespace posts {

namespace {

constexpr int kAtOnce = 100;

}  // namespace

void Housekeeping::remove_orphans(const gatehouse::JobRun& run) {
    for (bool is_done = false; !is_done && !run.should_stop();) {
        is_done = database_.write([](gatehouse::Transaction& tx) {
            const auto orphans = repository::take_orphans(tx, kAtOnce);
            for (const Post& post : orphans) removal::remove(tx, post);
            return orphans.empty();
        });
    }
}

}  // namespace posts

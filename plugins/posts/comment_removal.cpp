#include "plugins/posts/comment_removal.hpp"

#include "plugins/posts/comment_repository.hpp"
#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_repository.hpp"

namespace posts::removal {

void remove(gatehouse::Transaction& tx, const Comment& comment, Time now) {
    if (comments::has_answers(tx, comment.id)) {
        comments::blank(tx, comment.id, now);
    } else {
        comments::remove(tx, comment.id);
    }
    repository::add_comments(tx, comment.post_id, -1);
    events::comment_deleted(tx, comment);
}

}  // namespace posts::removal

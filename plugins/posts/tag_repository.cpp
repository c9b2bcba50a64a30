#include "plugins/posts/tag_repository.hpp"

#include "plugins/posts/tags.hpp"

namespace posts::post_tags {

namespace {

constexpr char kRemove[] = "delete from post_tags where post_id = $1";
constexpr char kInsert[] =
    "insert into post_tags (tag, post_id, author_id, visibility, likes) values ($1, $2, $3, $4, $5)";
constexpr char kAddLikes[] = "update post_tags set likes = likes + $2 where post_id = $1";

}  // namespace

void replace(Transaction& tx, const Post& post) {
    tx.execute_later(kRemove, post.id);
    add(tx, post);
}

void add(Transaction& tx, const Post& post) {
    for (const std::string& tag : tags_of(post)) {
        tx.execute_later(kInsert, tag, post.id, post.author_id, to_text(post.visibility), post.likes);
    }
}

void add_likes(Transaction& tx, const Post& post, int delta) {
    if (!post.tags.empty()) tx.execute_later(kAddLikes, post.id, delta);
}

}  // namespace posts::post_tags

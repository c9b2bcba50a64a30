// What this service tells others; the subject is "post/<id>", for comments as well: they are ordered with their post.
#pragma once

#include <cstdint>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/comment.hpp"
#include "plugins/posts/post.hpp"

namespace posts::events {

using gatehouse::Transaction;

void post_created(Transaction& tx, const Post& post);
void post_updated(Transaction& tx, const Post& post);
void post_deleted(Transaction& tx, const Post& post);
void post_liked(Transaction& tx, const Post& post, std::int64_t user_id);
void post_unliked(Transaction& tx, const Post& post, std::int64_t user_id);
void post_reposted(Transaction& tx, const Post& original, const Post& repost);
// count: how many since the last time; views: in all.
void post_viewed(Transaction& tx, std::int64_t id, std::int64_t author_id, std::int64_t count, std::int64_t views);
void comment_created(Transaction& tx, const Comment& comment, const Post& post);
void comment_deleted(Transaction& tx, const Comment& comment);

}  // namespace posts::events

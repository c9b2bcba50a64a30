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
void comment_created(Transaction& tx, const Comment& comment, const Post& post);
void comment_deleted(Transaction& tx, const Comment& comment);

}  // namespace posts::events

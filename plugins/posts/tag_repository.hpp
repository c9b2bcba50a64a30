// The table `post_tags`: SQL and nothing else.
#pragma once

#include <cstdint>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::post_tags {

using gatehouse::Transaction;

// Files the post under tags_of() it, and under nothing else. REQUIRES: it is locked, or new.
void replace(Transaction& tx, const Post& post);
// Likewise for a post that is new.
void add(Transaction& tx, const Post& post);
// Keeps the order `top` of its tags right.
void add_likes(Transaction& tx, const Post& post, int delta);

}  // namespace posts::post_tags

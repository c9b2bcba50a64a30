// Lists of posts: which ones, in which order, from where on. SQL and nothing else.
//
// What a viewer may see in a list of everybody's posts is taken from three places, each with an index of its own, so
// that a page costs the same however many posts are hidden from this viewer: what is public, what they wrote
// themselves, and what is for followers, by each author whom they follow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::lists {

using gatehouse::Transaction;

// Where a page begins: behind the post with these. Likes count only in the order `top`.
struct Position {
    std::int64_t likes = 0, id = 0;
};

// Everybody's posts, or those under a tag.
[[nodiscard]] std::vector<Post> everybodys(Transaction& tx, const Viewer& viewer, Sort sort,
                                           const std::optional<std::string>& tag, const Position& after, int limit);

// How much of an author's posts the viewer may see.
enum class Reach { all, followers, public_ };
[[nodiscard]] std::vector<Post> by_author(Transaction& tx, const Viewer& viewer, std::int64_t author, Reach reach,
                                          Sort sort, const std::optional<std::string>& tag, const Position& after,
                                          int limit);

}  // namespace posts::lists

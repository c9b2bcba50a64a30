// Who sees what. What the viewer may not see does not exist: NotFound.
//
//   public     everybody
//   followers  the author, and who follows the author
//   private    the author alone
//
// A post that only shares another one, without words of its own, is never more visible than that one.
#pragma once

#include <cstdint>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts {

using gatehouse::Transaction;

inline constexpr char kNoSuchPost[] = "There is no such post.";

// The post, if the viewer may see it; locked for a change by lock_visible_post(). `refusal` is what the client is told
// otherwise: of what hangs on a hidden post the same as of what never was.
[[nodiscard]] Post visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer,
                                const char* refusal = kNoSuchPost);
Post lock_visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer, const char* refusal = kNoSuchPost);

// Leaves out what the viewer may not see, and fills in `original` of the rest.
[[nodiscard]] std::vector<Post> shown_to(Transaction& tx, const Viewer& viewer, std::vector<Post> posts);
// Fills in `original` of a post that the viewer may see.
[[nodiscard]] Post shown_to(Transaction& tx, const Viewer& viewer, Post post);

}  // namespace posts

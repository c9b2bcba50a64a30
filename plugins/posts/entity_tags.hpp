// Entity tags of what is shown one by one, and the condition of a change.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/request.hpp>

#include "plugins/posts/comment.hpp"
#include "plugins/posts/post.hpp"

namespace posts {

// Changes with the post, its counters, its author's name, the post that it shares and whether the viewer likes it: all
// that the answer shows, but for views, which would change it with each look.
[[nodiscard]] std::string tag_of(const Post& post);
[[nodiscard]] std::string tag_of(const Comment& comment);

// If-Match is about what the author wrote: a like, a comment or a new name that came meanwhile does not stand in the
// way. Throws PreconditionFailed, which says the refusal.
void check_version(const gatehouse::Request& request, std::int64_t version, const char* refusal);

}  // namespace posts

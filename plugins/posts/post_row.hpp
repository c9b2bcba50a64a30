// The columns of a post as the viewer sees it, for every statement that reads posts.
#pragma once

#include <gatehouse/storage/rows.hpp>

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/post.hpp"

namespace posts {

// Of the table posts as p; the parameter $2 is the viewer's id.
#define POST_COLUMNS                                                                                               \
    "p.id, p.author_id, p.author_name, p.title, p.text, p.visibility, p.media, p.repost_of, p.likes, p.comments, " \
    "p.reposts, p.views, p.version, p.created_at, p.updated_at, "                                                  \
    "exists (select 1 from likes l where l.post_id = p.id and l.user_id = $2) as liked_by_me, " AUTHOR_IS_ABSENT(  \
        "p.author_id") " as author_is_absent"

[[nodiscard]] Post to_post(const gatehouse::Row& row);
// As the column `media` holds them.
[[nodiscard]] std::string joined(const std::vector<std::string>& media);

}  // namespace posts

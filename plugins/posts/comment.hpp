// A comment and the shapes in which it goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plugins/posts/post.hpp"

namespace posts {

struct Comment {
    std::int64_t id = 0;
    std::int64_t post_id = 0;
    std::optional<std::int64_t> parent_id;  // the comment that this one answers
    std::int64_t author_id = 0;
    std::string author_name;
    std::string text;      // empty once deleted
    bool deleted = false;  // kept as a place in the thread while it has answers
    Time created_at{}, updated_at{};
    std::int64_t version = 1;
    bool author_is_absent = false;  // an account that is closed; not shown as it is
};
constexpr auto describe(Comment*) {
    return fields(field("id", &Comment::id), field("post_id", &Comment::post_id),
                  field("parent_id", &Comment::parent_id), field("author_id", &Comment::author_id),
                  field("author_name", &Comment::author_name), field("text", &Comment::text),
                  field("deleted", &Comment::deleted), field("created_at", &Comment::created_at),
                  field("updated_at", &Comment::updated_at));
}

inline constexpr std::size_t kCommentLengthMax = 2'000;

struct CommentDraft {
    std::string text;
    std::optional<std::int64_t> parent_id;
};
constexpr auto describe(CommentDraft*) {
    return fields(field("text", &CommentDraft::text, max_length(kCommentLengthMax),
                        gatehouse::satisfies(&is_not_blank, "must not be blank")),
                  field("parent_id", &CommentDraft::parent_id));
}

struct CommentChange {
    std::string text;
};
constexpr auto describe(CommentChange*) {
    return fields(field("text", &CommentChange::text, max_length(kCommentLengthMax),
                        gatehouse::satisfies(&is_not_blank, "must not be blank")));
}

}  // namespace posts

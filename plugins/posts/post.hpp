// A post and the shapes in which it goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/patch.hpp>
#include <gatehouse/time.hpp>

#include "plugins/posts/viewer.hpp"

namespace posts {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::max_length;
using gatehouse::Patch;
using gatehouse::Time;

inline constexpr std::size_t kTitleLengthMax = 200;
inline constexpr std::size_t kTextLengthMax = 10'000;

enum class Visibility { public_, private_ };
constexpr auto describe(Visibility*) {
    return gatehouse::names<Visibility>({{"public", Visibility::public_}, {"private", Visibility::private_}});
}

struct Post {
    std::int64_t id = 0;
    std::int64_t author_id = 0;
    std::string author_name;  // as it was when the post was written
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::public_;
    std::int64_t likes = 0, comments = 0;
    bool liked_by_me = false;  // by whoever looks
    Time created_at{}, updated_at{};
    std::int64_t version = 1;

    bool is_visible_to(const Viewer& viewer) const {
        return visibility == Visibility::public_ || author_id == viewer.id;
    }
};
constexpr auto describe(Post*) {
    return fields(field("id", &Post::id), field("author_id", &Post::author_id),
                  field("author_name", &Post::author_name), field("title", &Post::title), field("text", &Post::text),
                  field("visibility", &Post::visibility), field("likes", &Post::likes),
                  field("comments", &Post::comments), field("liked_by_me", &Post::liked_by_me),
                  field("created_at", &Post::created_at), field("updated_at", &Post::updated_at));
}

bool is_not_blank(const std::string& text);

struct PostDraft {
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::public_;
};
constexpr auto describe(PostDraft*) {
    using gatehouse::satisfies;
    return fields(
        field("title", &PostDraft::title, max_length(kTitleLengthMax)),
        field("text", &PostDraft::text, max_length(kTextLengthMax), satisfies(&is_not_blank, "must not be blank")),
        field("visibility", &PostDraft::visibility, gatehouse::optional_default));
}

// Absent = unchanged; a title may be cleared with null.
struct PostChange {
    Patch<std::string> title, text;
    Patch<Visibility> visibility;

    void apply_to(Post& post) const;
};
constexpr auto describe(PostChange*) {
    using gatehouse::not_null;
    using gatehouse::satisfies;
    return fields(field("title", &PostChange::title, max_length(kTitleLengthMax)),
                  field("text", &PostChange::text, not_null, max_length(kTextLengthMax),
                        satisfies(&is_not_blank, "must not be blank")),
                  field("visibility", &PostChange::visibility, not_null));
}

struct PostQuery : gatehouse::PageQuery {
    std::optional<std::int64_t> author;
};
constexpr auto describe(PostQuery*) {
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(), field("author", &PostQuery::author));
}

struct Like {
    std::int64_t user_id = 0;
    std::string user_name;
    Time created_at{};
};
constexpr auto describe(Like*) {
    return fields(field("user_id", &Like::user_id), field("user_name", &Like::user_name),
                  field("created_at", &Like::created_at));
}

}  // namespace posts

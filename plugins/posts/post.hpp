// A post and the shapes in which it goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
inline constexpr std::size_t kMediaMax = 10;

enum class Visibility { public_, followers, private_ };
constexpr auto describe(Visibility*) {
    return gatehouse::names<Visibility>(
        {{"public", Visibility::public_}, {"followers", Visibility::followers}, {"private", Visibility::private_}});
}
std::string_view to_text(Visibility visibility);
Visibility to_visibility(std::string_view text);  // of the database; anything unknown is private

// The post that another one shares, as far as the viewer may see it.
struct Original {
    std::int64_t id = 0, author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    std::string text;
    std::vector<std::string> media;
    Time created_at{};
    std::int64_t version = 1;  // not shown
};
constexpr auto describe(Original*) {
    return fields(field("id", &Original::id), field("author_id", &Original::author_id),
                  field("author_name", &Original::author_name), field("title", &Original::title),
                  field("text", &Original::text), field("media", &Original::media),
                  field("created_at", &Original::created_at));
}

struct Post {
    std::int64_t id = 0;
    std::int64_t author_id = 0;
    std::string author_name;  // the present one, some seconds behind
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::public_;
    std::vector<std::string> media, tags;
    std::optional<std::int64_t> repost_of;
    std::optional<Original> original;  // filled in for answers
    std::int64_t likes = 0, comments = 0, reposts = 0, views = 0;
    bool liked_by_me = false;  // by whoever looks
    Time created_at{}, updated_at{};
    std::int64_t version = 1;
    bool author_is_absent = false;  // an account that is closed; hides the post

    // Shares another post and adds nothing: as visible as that one.
    bool is_plain_repost() const { return text.empty(); }
};
constexpr auto describe(Post*) {
    using gatehouse::description;
    return fields(
        field("id", &Post::id), field("author_id", &Post::author_id), field("author_name", &Post::author_name),
        field("title", &Post::title), field("text", &Post::text), field("visibility", &Post::visibility),
        field("media", &Post::media), field("tags", &Post::tags, description("the #hashtags of title and text")),
        field("repost_of", &Post::repost_of, description("null as well when that post is gone or hidden from you")),
        field("original", &Post::original), field("likes", &Post::likes), field("comments", &Post::comments),
        field("reposts", &Post::reposts), field("views", &Post::views), field("liked_by_me", &Post::liked_by_me),
        field("created_at", &Post::created_at), field("updated_at", &Post::updated_at));
}

// Has something to be seen: neither spaces nor what has no shape, in any script.
bool is_not_blank(const std::string& text);
bool are_distinct(const std::vector<std::string>& texts);

struct PostDraft {
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::public_;
    std::vector<std::string> media;
    std::optional<std::int64_t> repost_of;
};
constexpr auto describe(PostDraft*) {
    using gatehouse::description;
    using gatehouse::optional_default;
    return fields(field("title", &PostDraft::title, max_length(kTitleLengthMax)),
                  field("text", &PostDraft::text, optional_default, max_length(kTextLengthMax),
                        description("must not be blank, except for a repost without words of one's own")),
                  field("visibility", &PostDraft::visibility, optional_default),
                  field("media", &PostDraft::media, optional_default, gatehouse::max_items(kMediaMax),
                        gatehouse::each(gatehouse::uuid), gatehouse::satisfies(&are_distinct, "must be distinct")),
                  field("repost_of", &PostDraft::repost_of, description("a public post, to share it")))
        .check(+[](const PostDraft& draft, gatehouse::FieldErrors& errors) {
            if (!draft.repost_of && !is_not_blank(draft.text)) errors.add("text", "must not be blank");
        });
}

// Absent = unchanged; a title may be cleared with null.
struct PostChange {
    Patch<std::string> title, text;
    Patch<Visibility> visibility;
    Patch<std::vector<std::string>> media;

    void apply_to(Post& post) const;
    [[nodiscard]] bool alters(const Post& post) const;
};
constexpr auto describe(PostChange*) {
    using gatehouse::not_null;
    using gatehouse::satisfies;
    return fields(field("title", &PostChange::title, max_length(kTitleLengthMax)),
                  field("text", &PostChange::text, not_null, max_length(kTextLengthMax),
                        satisfies(&is_not_blank, "must not be blank")),
                  field("visibility", &PostChange::visibility, not_null),
                  field("media", &PostChange::media, not_null, gatehouse::max_items(kMediaMax),
                        gatehouse::each(gatehouse::uuid), satisfies(&are_distinct, "must be distinct")));
}

enum class Sort { newest, top };
constexpr auto describe(Sort*) { return gatehouse::names<Sort>({{"new", Sort::newest}, {"top", Sort::top}}); }

struct PostQuery : gatehouse::PageQuery {
    std::optional<std::int64_t> author;
    std::optional<std::string> tag;
    Sort sort = Sort::newest;
};
constexpr auto describe(PostQuery*) {
    using gatehouse::description;
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(),
                  field("author", &PostQuery::author, description("posts of this user alone")),
                  field("tag", &PostQuery::tag, description("a hashtag, with or without #, in any case")),
                  field("sort", &PostQuery::sort, gatehouse::optional_default,
                        description("top: most likes first, newest first among equals")));
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

inline constexpr std::size_t kBatchMax = 200;

struct BatchQuery {
    std::vector<std::int64_t> ids;
};
constexpr auto describe(BatchQuery*) { return fields(field("ids", &BatchQuery::ids, gatehouse::max_items(kBatchMax))); }

// In the order that was asked for; what the caller may not see is left out.
struct Batch {
    std::vector<Post> items;
};
constexpr auto describe(Batch*) { return fields(field("items", &Batch::items)); }

}  // namespace posts

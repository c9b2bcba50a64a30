#include "plugins/posts/post_events.hpp"

#include <string>

#include <gatehouse/publish.hpp>

namespace posts::events {

namespace {

// Enough to count and to show a link; who wants the text asks for the post, under the rules of who may see it.
struct PostChanged {
    std::int64_t id = 0, author_id = 0;
    std::string author_name;
    std::optional<std::string> title;
    Visibility visibility = Visibility::public_;
    std::optional<std::int64_t> repost_of;
    Time created_at{}, updated_at{};
};
constexpr auto describe(PostChanged*) {
    return fields(field("id", &PostChanged::id), field("author_id", &PostChanged::author_id),
                  field("author_name", &PostChanged::author_name), field("title", &PostChanged::title),
                  field("visibility", &PostChanged::visibility), field("repost_of", &PostChanged::repost_of),
                  field("created_at", &PostChanged::created_at), field("updated_at", &PostChanged::updated_at));
}

struct PostGone {
    std::int64_t id = 0, author_id = 0;
};
constexpr auto describe(PostGone*) {
    return fields(field("id", &PostGone::id), field("author_id", &PostGone::author_id));
}

struct Liking {
    std::int64_t id = 0, author_id = 0, user_id = 0;  // the post, who wrote it, who likes it
};
constexpr auto describe(Liking*) {
    return fields(field("id", &Liking::id), field("author_id", &Liking::author_id), field("user_id", &Liking::user_id));
}

// The post that is shared, who wrote it; who shares it, and in which post.
struct Sharing {
    std::int64_t id = 0, author_id = 0, user_id = 0, repost_id = 0;
};
constexpr auto describe(Sharing*) {
    return fields(field("id", &Sharing::id), field("author_id", &Sharing::author_id),
                  field("user_id", &Sharing::user_id), field("repost_id", &Sharing::repost_id));
}

// Several views together: how many there were since the last such event, and how many in all.
struct Viewing {
    std::int64_t id = 0, author_id = 0, count = 0, views = 0;
};
constexpr auto describe(Viewing*) {
    return fields(field("id", &Viewing::id), field("author_id", &Viewing::author_id), field("count", &Viewing::count),
                  field("views", &Viewing::views));
}

struct CommentAdded {
    std::int64_t id = 0, post_id = 0, post_author_id = 0;
    std::optional<std::int64_t> parent_id;
    std::int64_t author_id = 0;
    std::string author_name;
    Time created_at{};
};
constexpr auto describe(CommentAdded*) {
    return fields(field("id", &CommentAdded::id), field("post_id", &CommentAdded::post_id),
                  field("post_author_id", &CommentAdded::post_author_id), field("parent_id", &CommentAdded::parent_id),
                  field("author_id", &CommentAdded::author_id), field("author_name", &CommentAdded::author_name),
                  field("created_at", &CommentAdded::created_at));
}

struct CommentGone {
    std::int64_t id = 0, post_id = 0, author_id = 0;
};
constexpr auto describe(CommentGone*) {
    return fields(field("id", &CommentGone::id), field("post_id", &CommentGone::post_id),
                  field("author_id", &CommentGone::author_id));
}

std::string subject_of(std::int64_t post_id) { return "post/" + std::to_string(post_id); }

PostChanged changed(const Post& post) {
    return {post.id,         post.author_id, post.author_name, post.title,
            post.visibility, post.repost_of, post.created_at,  post.updated_at};
}

}  // namespace

void post_created(Transaction& tx, const Post& post) { tx.publish("post.created", changed(post), subject_of(post.id)); }

void post_updated(Transaction& tx, const Post& post) { tx.publish("post.updated", changed(post), subject_of(post.id)); }

void post_deleted(Transaction& tx, const Post& post) {
    tx.publish("post.deleted", PostGone{post.id, post.author_id}, subject_of(post.id));
}

void post_liked(Transaction& tx, const Post& post, std::int64_t user_id) {
    tx.publish("post.liked", Liking{post.id, post.author_id, user_id}, subject_of(post.id));
}

void post_unliked(Transaction& tx, const Post& post, std::int64_t user_id) {
    tx.publish("post.unliked", Liking{post.id, post.author_id, user_id}, subject_of(post.id));
}

void post_reposted(Transaction& tx, const Post& original, const Post& repost) {
    tx.publish("post.reposted", Sharing{original.id, original.author_id, repost.author_id, repost.id},
               subject_of(original.id));
}

void post_viewed(Transaction& tx, std::int64_t id, std::int64_t author_id, std::int64_t count, std::int64_t views) {
    tx.publish("post.viewed", Viewing{id, author_id, count, views}, subject_of(id));
}

void comment_created(Transaction& tx, const Comment& comment, const Post& post) {
    tx.publish("comment.created",
               CommentAdded{comment.id, comment.post_id, post.author_id, comment.parent_id, comment.author_id,
                            comment.author_name, comment.created_at},
               subject_of(comment.post_id));
}

void comment_deleted(Transaction& tx, const Comment& comment) {
    tx.publish("comment.deleted", CommentGone{comment.id, comment.post_id, comment.author_id},
               subject_of(comment.post_id));
}

}  // namespace posts::events

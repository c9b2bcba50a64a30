#include "plugins/posts/comment_service.hpp"

#include <string>

#include <gatehouse/problem.hpp>

#include "plugins/posts/comment_removal.hpp"
#include "plugins/posts/comment_repository.hpp"
#include "plugins/posts/name_repository.hpp"
#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_repository.hpp"
#include "plugins/posts/sight.hpp"

namespace posts {

using gatehouse::User;

namespace {

constexpr char kNoSuchComment[] = "There is no such comment.";

std::string scope_of(std::int64_t post_id) { return "comments." + std::to_string(post_id); }

bool is_there(const std::optional<Comment>& comment, const Viewer& viewer) {
    return comment && !comment->deleted && (!comment->author_is_absent || viewer.sees_hidden);
}

// The comment, with its post locked, if the viewer may see both. The post is always locked before its comments.
Comment take(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    const auto seen = comments::find(tx, id);
    if (!is_there(seen, viewer)) throw gatehouse::NotFound(kNoSuchComment);
    lock_visible_post(tx, seen->post_id, viewer, kNoSuchComment);
    auto comment = comments::find(tx, id);  // it may have gone while we waited for the lock
    if (!is_there(comment, viewer)) throw gatehouse::NotFound(kNoSuchComment);
    return *std::move(comment);
}

}  // namespace

CommentService::CommentService(const gatehouse::Context& context, gatehouse::Database& database,
                               gatehouse::IdSource& ids, std::string_view cursor_key)
    : context_(context), database_(database), ids_(ids), cursors_(cursor_key) {}

Comment CommentService::add(const User& author, std::int64_t post_id, const CommentDraft& draft) {
    Comment comment;
    comment.id = ids_.next();
    comment.post_id = post_id;
    comment.parent_id = draft.parent_id;
    comment.author_id = author.id;
    comment.text = draft.text;
    comment.created_at = comment.updated_at = context_.wall_time();
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, post_id, Viewer(author));
        if (comment.parent_id) {
            const auto parent = comments::find(tx, *comment.parent_id);
            if (!is_there(parent, Viewer(author)) || parent->post_id != post_id) {
                throw gatehouse::Invalid("/parent_id", "must be a comment on the same post");
            }
        }
        comment.author_name = names::of(tx, author);
        comments::insert(tx, comment);
        repository::add_comments(tx, post_id, 1);
        events::comment_created(tx, comment, post);
    });
    return comment;
}

gatehouse::Page<Comment> CommentService::list(const gatehouse::PageQuery& query, std::int64_t post_id,
                                              const Viewer& viewer) {
    const std::string scope = scope_of(post_id);
    const auto after = cursors_.open<std::int64_t>(query.cursor, scope).value_or(std::tuple(std::int64_t{0}));
    auto rows = database_.read([&](Transaction& tx) {
        static_cast<void>(visible_post(tx, post_id, viewer));
        return comments::list(tx, post_id, std::get<0>(after), query.limit + 1);
    });
    for (Comment& comment : rows) {
        if (!comment.author_is_absent) continue;  // an empty place, for the answers to it
        comment.text.clear();
        comment.author_name.clear();
        comment.deleted = true;
    }
    return gatehouse::make_page(std::move(rows), query.limit,
                                [&](const Comment& last) { return cursors_.seal(scope, last.id); });
}

Comment CommentService::find(std::int64_t id, const Viewer& viewer) {
    return database_.read([&](Transaction& tx) {
        const auto comment = comments::find(tx, id);
        if (!is_there(comment, viewer)) throw gatehouse::NotFound(kNoSuchComment);
        static_cast<void>(visible_post(tx, comment->post_id, viewer, kNoSuchComment));
        return *comment;
    });
}

Comment CommentService::change(const User& user, std::int64_t id, const CommentChange& change, const Allow& allow) {
    return database_.write([&](Transaction& tx) {
        Comment comment = take(tx, id, Viewer(user));
        if (comment.author_id != user.id) throw gatehouse::Forbidden("Only its author may change a comment.");
        allow(comment);
        if (comment.text == change.text) return comment;
        comment.text = change.text;
        comment.updated_at = context_.wall_time();
        ++comment.version;
        comments::update_text(tx, id, comment.text, comment.updated_at);
        return comment;
    });
}

void CommentService::remove(const Viewer& viewer, std::int64_t id, const Allow& allow) {
    database_.write([&](Transaction& tx) {
        const Comment comment = take(tx, id, viewer);
        if (comment.author_id != viewer.id && !viewer.is_moderator) {
            throw gatehouse::Forbidden("Only its author may delete a comment.");
        }
        allow(comment);
        removal::remove(tx, comment, context_.wall_time());
    });
}

}  // namespace posts

#include "plugins/posts/post_repository.hpp"

#include <string>

#include "plugins/posts/id_list.hpp"
#include "plugins/posts/post_row.hpp"

namespace posts::repository {

namespace {

constexpr char kInsert[] =
    "insert into posts (id, author_id, author_name, title, text, visibility, media, repost_of, created_at, updated_at, "
    "indexed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1) "
    "on conflict (author_id, repost_of) where repost_of is not null and text = '' do nothing";
constexpr char kFind[] = "select " POST_COLUMNS " from posts p where p.id = $1";
constexpr char kLock[] = "select " POST_COLUMNS " from posts p where p.id = $1 for update";
constexpr char kFindAll[] = "select " POST_COLUMNS " from posts p where p.id ";
constexpr char kIdsBy[] = "select id from posts where author_id = $1 order by id limit $2";
constexpr char kSharedBy[] = "select repost_of from posts where id = $1";
constexpr char kUpdate[] =
    "update posts set title = $2, text = $3, visibility = $4, media = $5, updated_at = $6, version = version + 1 "
    "where id = $1";
constexpr char kDetachComments[] = "update comments set parent_id = null where post_id = $1 and parent_id is not null";
constexpr char kRemove[] = "delete from posts where id = $1";
constexpr char kAddLikes[] = "update posts set likes = likes + $2 where id = $1";
constexpr char kAddComments[] = "update posts set comments = comments + $2 where id = $1";
constexpr char kAddReposts[] = "update posts set reposts = reposts + $2 where id = $1";
constexpr char kAddViews[] = "update posts set views = views + $2 where id = $1 returning author_id, views";
constexpr char kNotIndexed[] = "select " POST_COLUMNS " from posts p where p.indexed = 0 order by p.id limit $1";
constexpr char kMarkIndexed[] = "update posts set indexed = 1 where id = $1";
constexpr char kOrphans[] =
    "select " POST_COLUMNS " from posts p where p.text = '' and p.repost_of is null order by p.id limit $1";

bool has_row_locks(const Transaction& tx) { return tx.engine() == gatehouse::Engine::postgresql; }

}  // namespace

bool insert(Transaction& tx, const Post& post) {
    const auto run = [&](auto execute) {
        return execute(kInsert, post.id, post.author_id, post.author_name, post.title, post.text,
                       to_text(post.visibility), joined(post.media), post.repost_of,
                       gatehouse::to_unix_ms(post.created_at));
    };
    if (post.repost_of) return run([&](const auto&... args) { return tx.execute(args...); }) == 1;
    run([&](const auto&... args) { tx.execute_later(args...); });  // nothing to collide with
    return true;
}

std::optional<Post> find(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return tx.query(kFind, id, viewer.id).maybe<Post>(to_post);
}

// SQLite has one writer at a time, and no such clause.
std::optional<Post> lock(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return tx.query(has_row_locks(tx) ? kLock : kFind, id, viewer.id).maybe<Post>(to_post);
}

std::vector<Post> find_all(Transaction& tx, std::span<const std::int64_t> ids, const Viewer& viewer) {
    if (ids.empty()) return {};
    return tx.query(kFindAll + in_ids(tx.engine(), "$1"), id_list(tx.engine(), ids), viewer.id).all<Post>(to_post);
}

std::vector<std::int64_t> ids_by(Transaction& tx, std::int64_t author_id, int limit) {
    return tx.query(kIdsBy, author_id, limit).all<std::int64_t>();
}

std::optional<std::int64_t> shared_by(Transaction& tx, std::int64_t id) {
    const gatehouse::Rows rows = tx.query(kSharedBy, id);
    return rows.empty() ? std::nullopt : rows[0].get<std::optional<std::int64_t>>(0);
}

void update(Transaction& tx, const Post& post) {
    tx.execute_later(kUpdate, post.id, post.title, post.text, to_text(post.visibility), joined(post.media),
                     gatehouse::to_unix_ms(post.updated_at));
}

// A thread goes as one level: a cascade down from comment to comment ends at the engine's limit (SQLite: 1000 levels),
// and a post with a deeper thread could never be deleted.
void remove(Transaction& tx, std::int64_t id) {
    tx.execute_later(kDetachComments, id);
    tx.execute_later(kRemove, id);
}
void add_likes(Transaction& tx, std::int64_t id, int delta) { tx.execute_later(kAddLikes, id, delta); }
void add_comments(Transaction& tx, std::int64_t id, int delta) { tx.execute_later(kAddComments, id, delta); }
void add_reposts(Transaction& tx, std::int64_t id, int delta) { tx.execute_later(kAddReposts, id, delta); }

std::optional<Viewed> add_views(Transaction& tx, std::int64_t id, std::int64_t count) {
    return tx.query(kAddViews, id, count).maybe<Viewed>([](const gatehouse::Row& row) {
        return Viewed{row.get<std::int64_t>(0), row.get<std::int64_t>(1)};
    });
}

std::vector<Post> take_not_indexed(Transaction& tx, int limit) {
    const std::string lock = has_row_locks(tx) ? " for update skip locked" : "";
    return tx.query(kNotIndexed + lock, limit, 0).all<Post>(to_post);
}

void mark_indexed(Transaction& tx, std::int64_t id) { tx.execute_later(kMarkIndexed, id); }

std::vector<Post> take_orphans(Transaction& tx, int limit) {
    const std::string lock = has_row_locks(tx) ? " for update skip locked" : "";
    return tx.query(kOrphans + lock, limit, 0).all<Post>(to_post);
}

}  // namespace posts::repository

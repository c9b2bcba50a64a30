#include "plugins/posts/post_repository.hpp"

#include <string>

namespace posts::repository {

namespace {

#define POST_COLUMNS                                                                                          \
    "id, author_id, author_name, title, text, visibility, likes, comments, version, created_at, updated_at, " \
    "exists (select 1 from likes l where l.post_id = posts.id and l.user_id = $2) as liked_by_me"

constexpr char kInsert[] =
    "insert into posts (id, author_id, author_name, title, text, visibility, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $7)";
constexpr char kFind[] = "select " POST_COLUMNS " from posts where id = $1";
constexpr char kLock[] = "select " POST_COLUMNS " from posts where id = $1 for update";
constexpr char kNewest[] = "select " POST_COLUMNS
                           " from posts where id < $1 and (visibility = 'public' or author_id = $2) "
                           "order by id desc limit $3";
constexpr char kNewestByAuthor[] = "select " POST_COLUMNS
                                   " from posts where author_id = $4 and id < $1 "
                                   "and (visibility = 'public' or author_id = $2) order by id desc limit $3";
constexpr char kUpdate[] =
    "update posts set title = $2, text = $3, visibility = $4, updated_at = $5, version = version + 1 where id = $1";
constexpr char kDetachComments[] = "update comments set parent_id = null where post_id = $1 and parent_id is not null";
constexpr char kRemove[] = "delete from posts where id = $1";
constexpr char kAddLikes[] = "update posts set likes = likes + $2 where id = $1";
constexpr char kAddComments[] = "update posts set comments = comments + $2 where id = $1";

std::string_view to_text(Visibility visibility) { return visibility == Visibility::public_ ? "public" : "private"; }

Post to_post(const gatehouse::Row& row) {
    Post post;
    post.id = row.get<std::int64_t>("id");
    post.author_id = row.get<std::int64_t>("author_id");
    post.author_name = row.get<std::string>("author_name");
    post.title = row.get<std::optional<std::string>>("title");
    post.text = row.get<std::string>("text");
    post.visibility = row.get<std::string_view>("visibility") == "public" ? Visibility::public_ : Visibility::private_;
    post.likes = row.get<std::int64_t>("likes");
    post.comments = row.get<std::int64_t>("comments");
    post.version = row.get<std::int64_t>("version");
    post.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    post.updated_at = gatehouse::from_unix_ms(row.get<std::int64_t>("updated_at"));
    post.liked_by_me = row.get<bool>("liked_by_me");
    return post;
}

}  // namespace

void insert(Transaction& tx, const Post& post) {
    tx.execute(kInsert, post.id, post.author_id, post.author_name, post.title, post.text, to_text(post.visibility),
               gatehouse::to_unix_ms(post.created_at));
}

std::optional<Post> find(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return tx.query(kFind, id, viewer.id).maybe<Post>(to_post);
}

// SQLite has one writer at a time, and no such clause.
std::optional<Post> lock(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return tx.query(tx.engine() == gatehouse::Engine::postgresql ? kLock : kFind, id, viewer.id).maybe<Post>(to_post);
}

std::vector<Post> newest(Transaction& tx, const Viewer& viewer, std::optional<std::int64_t> author, std::int64_t before,
                         int limit) {
    if (author) return tx.query(kNewestByAuthor, before, viewer.id, limit, *author).all<Post>(to_post);
    return tx.query(kNewest, before, viewer.id, limit).all<Post>(to_post);
}

void update(Transaction& tx, const Post& post) {
    tx.execute(kUpdate, post.id, post.title, post.text, to_text(post.visibility),
               gatehouse::to_unix_ms(post.updated_at));
}

// A thread goes as one level: a cascade down from comment to comment ends at the engine's limit (SQLite: 1000 levels),
// and a post with a deeper thread could never be deleted.
void remove(Transaction& tx, std::int64_t id) {
    tx.execute(kDetachComments, id);
    tx.execute(kRemove, id);
}
void add_likes(Transaction& tx, std::int64_t id, int delta) { tx.execute(kAddLikes, id, delta); }
void add_comments(Transaction& tx, std::int64_t id, int delta) { tx.execute(kAddComments, id, delta); }

}  // namespace posts::repository

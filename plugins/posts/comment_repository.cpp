#include "plugins/posts/comment_repository.hpp"

#include "plugins/posts/absent_repository.hpp"

namespace posts::comments {

namespace {

#define COMMENT_COLUMNS                                                                           \
    "c.id, c.post_id, c.parent_id, c.author_id, c.author_name, c.text, c.version, c.created_at, " \
    "c.updated_at, c.deleted_at, " AUTHOR_IS_ABSENT("c.author_id") " as author_is_absent"

constexpr char kInsert[] =
    "insert into comments (id, post_id, parent_id, author_id, author_name, text, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $7)";
constexpr char kFind[] = "select " COMMENT_COLUMNS " from comments c where c.id = $1";
constexpr char kHasAnswers[] = "select exists (select 1 from comments where parent_id = $1) as answered";
constexpr char kList[] =
    "select " COMMENT_COLUMNS " from comments c where c.post_id = $1 and c.id > $2 and (not " AUTHOR_IS_ABSENT(
        "c.author_id") " or exists (select 1 from comments a where a.parent_id = c.id)) order by c.id limit $3";
constexpr char kWrittenBy[] =
    "select " COMMENT_COLUMNS
    " from comments c where c.author_id = $1 and (c.deleted_at is null or c.author_name <> '') "
    "order by c.id limit $2";
constexpr char kForgetAuthor[] = "update comments set author_name = '' where id = $1";
constexpr char kUpdateText[] = "update comments set text = $2, updated_at = $3, version = version + 1 where id = $1";
constexpr char kRemove[] = "delete from comments where id = $1";
constexpr char kBlank[] =
    "update comments set text = '', deleted_at = $2, updated_at = $2, version = version + 1 where id = $1";

Comment to_comment(const gatehouse::Row& row) {
    Comment comment;
    comment.id = row.get<std::int64_t>("id");
    comment.post_id = row.get<std::int64_t>("post_id");
    comment.parent_id = row.get<std::optional<std::int64_t>>("parent_id");
    comment.author_id = row.get<std::int64_t>("author_id");
    comment.author_name = row.get<std::string>("author_name");
    comment.text = row.get<std::string>("text");
    comment.version = row.get<std::int64_t>("version");
    comment.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    comment.updated_at = gatehouse::from_unix_ms(row.get<std::int64_t>("updated_at"));
    comment.author_is_absent = row.get<bool>("author_is_absent");
    comment.deleted = row.get<std::optional<std::int64_t>>("deleted_at").has_value();
    return comment;
}

}  // namespace

void insert(Transaction& tx, const Comment& comment) {
    tx.execute_later(kInsert, comment.id, comment.post_id, comment.parent_id, comment.author_id, comment.author_name,
                     comment.text, gatehouse::to_unix_ms(comment.created_at));
}

std::optional<Comment> find(Transaction& tx, std::int64_t id) { return tx.query(kFind, id).maybe<Comment>(to_comment); }

bool has_answers(Transaction& tx, std::int64_t id) { return tx.query(kHasAnswers, id).one<bool>(); }

std::vector<Comment> list(Transaction& tx, std::int64_t post_id, std::int64_t after, int limit) {
    return tx.query(kList, post_id, after, limit).all<Comment>(to_comment);
}

std::vector<Comment> written_by(Transaction& tx, std::int64_t author_id, int limit) {
    return tx.query(kWrittenBy, author_id, limit).all<Comment>(to_comment);
}

void forget_author(Transaction& tx, std::int64_t id) { tx.execute(kForgetAuthor, id); }

void update_text(Transaction& tx, std::int64_t id, std::string_view text, Time now) {
    tx.execute(kUpdateText, id, text, gatehouse::to_unix_ms(now));
}

void remove(Transaction& tx, std::int64_t id) { tx.execute(kRemove, id); }

void blank(Transaction& tx, std::int64_t id, Time now) { tx.execute(kBlank, id, gatehouse::to_unix_ms(now)); }

}  // namespace posts::comments

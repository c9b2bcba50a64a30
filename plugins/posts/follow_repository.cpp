#include "plugins/posts/follow_repository.hpp"

#include <string>

#include "plugins/posts/id_list.hpp"

namespace posts::follows {

namespace {

constexpr char kInsert[] = "insert into follows (follower_id, author_id) values ($1, $2) on conflict do nothing";
constexpr char kRemove[] = "delete from follows where follower_id = $1 and author_id = $2";
constexpr char kAmong[] = "select author_id from follows where follower_id = $1 and author_id ";

}  // namespace

void insert(Transaction& tx, std::int64_t follower_id, std::int64_t author_id) {
    tx.execute(kInsert, follower_id, author_id);
}

void remove(Transaction& tx, std::int64_t follower_id, std::int64_t author_id) {
    tx.execute(kRemove, follower_id, author_id);
}

std::set<std::int64_t> among(Transaction& tx, std::int64_t follower_id, std::span<const std::int64_t> author_ids) {
    if (follower_id == 0 || author_ids.empty()) return {};
    const auto found =
        tx.query(kAmong + in_ids(tx.engine(), "$2"), follower_id, id_list(tx.engine(), author_ids)).all<std::int64_t>();
    return {found.begin(), found.end()};
}

}  // namespace posts::follows

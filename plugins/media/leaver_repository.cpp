#include "plugins/media/leaver_repository.hpp"

namespace media::leavers {

namespace {

constexpr char kPut[] = "insert into leavers (user_id, since) values ($1, $2) on conflict do nothing";
constexpr char kRemove[] = "delete from leavers where user_id = $1";
constexpr char kContain[] = "select exists (select 1 from leavers where user_id = $1) as found";
constexpr char kSome[] = "select user_id, since from leavers where not is_gone order by since limit $1";
constexpr char kFinish[] = "update leavers set is_gone = $2 where user_id = $1";

}  // namespace

void put(Transaction& tx, std::int64_t user_id, Time now) { tx.execute(kPut, user_id, gatehouse::to_unix_ms(now)); }

void remove(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

bool contain(Transaction& tx, std::int64_t user_id) { return tx.query(kContain, user_id).one<bool>(); }

std::vector<Leaver> some(Transaction& tx, int limit) {
    return tx.query(kSome, limit).all<Leaver>([](const gatehouse::Row& row) {
        return Leaver{row.get<std::int64_t>(0), gatehouse::from_unix_ms(row.get<std::int64_t>(1))};
    });
}

void finish(Transaction& tx, std::int64_t user_id) { tx.execute(kFinish, user_id, true); }

}  // namespace media::leavers

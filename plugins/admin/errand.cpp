#include "plugins/admin/errand.hpp"

#include <gatehouse/binding.hpp>
#include <gatehouse/problem.hpp>

namespace admin {

std::int64_t Errand::target_id() const { return std::stoll(target.substr(target.find('/') + 1)); }

std::string ban_order(Status seen, const std::string& reason) {
    return gatehouse::to_json(StatusOrder{Status::banned, reason, {seen, std::nullopt}, true});
}

std::string unban_order() {
    return gatehouse::to_json(StatusOrder{Status::active, std::nullopt, {Status::banned, std::nullopt}, false});
}

namespace errands {

namespace {

#define ERRAND_COLUMNS                                                                                         \
    "id, kind, target, arguments, actor_id, actor_name, request_id, attempts, next_at, created_at, failures, " \
    "last_error"

constexpr char kInsert[] = "insert into errands (" ERRAND_COLUMNS
                           ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '') on conflict (target) do nothing";
constexpr char kIsUnderWay[] = "select exists (select 1 from errands where target = $1) as is_under_way";
constexpr char kDue[] = "select " ERRAND_COLUMNS " from errands where next_at <= $1 order by next_at limit $2";
constexpr char kClaim[] = "update errands set attempts = attempts + 1, next_at = $3 where id = $1 and attempts = $2";
constexpr char kPutOff[] =
    "update errands set failures = $3, last_error = $4, next_at = $5 where id = $1 and attempts = $2";
constexpr char kList[] = "select " ERRAND_COLUMNS " from errands order by id limit $1";
constexpr char kCount[] = "select count(*) from errands";
constexpr char kFind[] = "select " ERRAND_COLUMNS " from errands where id = $1";
constexpr char kRetryAll[] = "update errands set failures = 0, next_at = $1";
constexpr char kRetryOne[] = "update errands set failures = 0, next_at = $1 where id = $2";
constexpr char kRemove[] = "delete from errands where id = $1";

Errand to_errand(const gatehouse::Row& row) {
    Errand errand;
    errand.id = row.get<std::int64_t>(0);
    errand.kind = gatehouse::from_name<ErrandKind>(row.get<std::string_view>(1)).value();
    errand.target = row.get<std::string>(2);
    errand.arguments = row.get<std::string>(3);
    errand.actor_id = row.get<std::int64_t>(4);
    errand.actor_name = row.get<std::string>(5);
    errand.request_id = row.get<std::string>(6);
    errand.attempts = row.get<std::int64_t>(7);
    errand.next_at = gatehouse::from_unix_ms(row.get<std::int64_t>(8));
    errand.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>(9));
    errand.failures = row.get<std::int64_t>(10);
    errand.last_error = row.get<std::string>(11);
    return errand;
}

}  // namespace

void insert(Transaction& tx, const Errand& errand) {
    const auto inserted =
        tx.execute(kInsert, errand.id, gatehouse::name_of(errand.kind), errand.target, errand.arguments,
                   errand.actor_id, errand.actor_name, errand.request_id, errand.attempts,
                   gatehouse::to_unix_ms(errand.next_at), gatehouse::to_unix_ms(errand.created_at));
    if (inserted != 1) throw gatehouse::Conflict("An earlier decision about the same is still being carried out.");
}

bool is_under_way(Transaction& tx, const std::string& target) { return tx.query(kIsUnderWay, target).one<bool>(); }

std::vector<Errand> due(Transaction& tx, Time now, int limit) {
    return tx.query(kDue, gatehouse::to_unix_ms(now), limit).all<Errand>(to_errand);
}

bool claim(Transaction& tx, const Errand& errand, Time next_at) {
    return tx.execute(kClaim, errand.id, errand.attempts, gatehouse::to_unix_ms(next_at)) == 1;
}

bool put_off(Transaction& tx, const Errand& errand) {
    return tx.execute(kPutOff, errand.id, errand.attempts, errand.failures, errand.last_error,
                      gatehouse::to_unix_ms(errand.next_at)) == 1;
}

std::vector<Errand> list(Transaction& tx, int limit) { return tx.query(kList, limit).all<Errand>(to_errand); }

std::int64_t count(Transaction& tx) { return tx.query(kCount).one<std::int64_t>(); }

std::optional<Errand> find(Transaction& tx, std::int64_t id) { return tx.query(kFind, id).maybe<Errand>(to_errand); }

std::int64_t retry(Transaction& tx, std::optional<std::int64_t> id, Time now) {
    if (!id) return tx.execute(kRetryAll, gatehouse::to_unix_ms(now));
    return tx.execute(kRetryOne, gatehouse::to_unix_ms(now), *id);
}

bool remove(Transaction& tx, std::int64_t id) { return tx.execute(kRemove, id) == 1; }

}  // namespace errands
}  // namespace admin

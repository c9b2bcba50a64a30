#include "plugins/notify/queue_table.hpp"

#include <gatehouse/binding.hpp>

#include <algorithm>

namespace notify {

namespace {

using gatehouse::to_unix_ms;

constexpr std::string_view kAnyDue = "select 1 from TABLE where state = 'queued' and due_at <= $1 limit 1";
constexpr std::string_view kClaim =
    "update TABLE set attempts = attempts + 1, due_at = $2 where id = (select id from TABLE where state = 'queued' and "
    "due_at <= $1 LANE order by due_at, id limit 1 LOCK) returning id";
constexpr std::string_view kPutOff =
    "update TABLE set due_at = $2, attempts = attempts - $3, last_error = $4 where id = $1 and state = 'queued'";
constexpr std::string_view kDead =
    "update TABLE set state = 'dead', ended_at = $2, last_error = $3 where id = $1 and state = 'queued'";
constexpr std::string_view kCount = "select count(*) from TABLE where state = $1";
constexpr std::string_view kRedriveAll =
    "update TABLE set state = 'queued', attempts = 0, due_at = $1, created_at = $1, ended_at = null where state = "
    "'dead'";
constexpr std::string_view kPurge =
    "delete from TABLE where id in (select id from TABLE where state <> 'queued' and ended_at < $1 limit $2)";

std::string with(std::string text, std::string_view word, std::string_view value) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size())) {
        text.replace(at, word.size(), value);
    }
    return text;
}

}  // namespace

std::chrono::milliseconds pause_after(std::int64_t failures, std::chrono::milliseconds first,
                                      std::chrono::milliseconds longest) {
    const auto doublings = std::clamp<std::int64_t>(failures - 1, 0, 20);
    return std::min<std::chrono::milliseconds>(longest, first * (1LL << doublings));
}

// SQLite has one writer at a time, and no clause for rows that are locked.
QueueTable::QueueTable(std::string_view table, std::string_view lane) {
    const auto in_table = [&](std::string_view text) { return with(std::string(text), "TABLE", table); };
    const std::string in_lane = "and " + std::string(lane) + " = $3";
    any_due_ = in_table(kAnyDue);
    claim_ = with(with(in_table(kClaim), "LANE", in_lane), "LOCK", "");
    claim_unlocked_ = with(with(in_table(kClaim), "LANE", in_lane), "LOCK", "for update skip locked");
    put_off_ = in_table(kPutOff);
    dead_ = in_table(kDead);
    count_ = in_table(kCount);
    redrive_all_ = in_table(kRedriveAll);
    redrive_one_ = redrive_all_ + " and id = $2";
    purge_ = in_table(kPurge);
}

bool QueueTable::is_any_due(Transaction& tx, Time now) const { return !tx.query(any_due_, to_unix_ms(now)).empty(); }

std::optional<std::int64_t> QueueTable::claim_in(Transaction& tx, std::int64_t lane, Time now,
                                                 Time claimed_until) const {
    const std::string& sql = tx.engine() == gatehouse::Engine::postgresql ? claim_unlocked_ : claim_;
    return tx.query(sql, to_unix_ms(now), to_unix_ms(claimed_until), lane).maybe<std::int64_t>();
}

void QueueTable::put_off(Transaction& tx, std::int64_t id, Time due_at, Attempt attempt, std::string_view error) const {
    tx.execute(put_off_, id, to_unix_ms(due_at), attempt == Attempt::counts ? 0 : 1, error);
}

void QueueTable::mark_dead(Transaction& tx, std::int64_t id, Time now, std::string_view error) const {
    tx.execute(dead_, id, to_unix_ms(now), error);
}

std::int64_t QueueTable::count(Transaction& tx, std::string_view state) const {
    return tx.query(count_, state).one<std::int64_t>();
}

std::int64_t QueueTable::redrive(Transaction& tx, std::optional<std::int64_t> id, Time now) const {
    return id ? tx.execute(redrive_one_, to_unix_ms(now), *id) : tx.execute(redrive_all_, to_unix_ms(now));
}

std::int64_t QueueTable::purge(Transaction& tx, Time ended_before, int limit) const {
    return tx.execute(purge_, to_unix_ms(ended_before), limit);
}

}  // namespace notify

#include "sdk/events/inbox.hpp"

namespace gatehouse::events::inbox {

namespace {

constexpr char kSee[] = "insert into gh_inbox (source, id, seen_at) values ($1, $2, $3) on conflict do nothing";
constexpr char kFailures[] =
    "select id, attempts, next_attempt_at from gh_inbox_failed where source = $1 and (id = $2 or (subject = $3 and "
    "subject <> ''))";
constexpr char kNoteFailure[] =
    "insert into gh_inbox_failed (" GATEHOUSE_EVENT_COLUMNS
    ", next_attempt_at, last_error) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (source, id) do "
    "update set attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, last_error = "
    "excluded.last_error";
constexpr char kForgetFailure[] = "delete from gh_inbox_failed where source = $1 and id = $2";
constexpr char kBury[] =
    "insert into gh_dead_letters (" GATEHOUSE_EVENT_COLUMNS
    ", died_at, last_error) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (source, id) do nothing";

constexpr char kDeadLetters[] = "select " GATEHOUSE_EVENT_COLUMNS
                                ", last_error, died_at from gh_dead_letters order by died_at desc, sequence desc "
                                "limit $1";
#define DEAD_EVENTS "select " GATEHOUSE_EVENT_COLUMNS " from gh_dead_letters where "
constexpr char kDeadById[] = DEAD_EVENTS "id = $1 limit $2";
constexpr char kDeadAll[] = DEAD_EVENTS "died_at >= $1 order by source, sequence, died_at limit $2";
constexpr char kExhume[] = "delete from gh_dead_letters where source = $1 and id = $2";
constexpr char kNoteDeadFailure[] =
    "update gh_dead_letters set attempts = attempts + 1, last_error = $3 where source = $1 and id = $2";
constexpr char kCountDead[] = "select count(*) from gh_dead_letters";

constexpr char kForgetSeen[] =
    "delete from gh_inbox where (source, id) in (select source, id from gh_inbox where seen_at < $1 order by seen_at "
    "limit $2)";
constexpr char kAbandoned[] = "select " GATEHOUSE_EVENT_COLUMNS
                              " from gh_inbox_failed where next_attempt_at < $1 order by next_attempt_at limit $2";

void insert(Transaction& tx, const char* sql, const Event& event, int attempts, std::int64_t when,
            std::string_view error) {
    tx.execute(sql, event.source, event.id, event.type, event.subject, static_cast<std::int64_t>(event.sequence),
               to_rfc3339(event.time), event.data, event.trace_parent, attempts, when, error);
}

Event event_of(const Row& row) { return to_event(row); }

}  // namespace

bool see(Transaction& tx, const Event& event, std::int64_t now) {
    return tx.execute(kSee, event.source, event.id, now) > 0;
}

std::vector<Failure> failures(Transaction& tx, const Event& event) {
    return tx.query(kFailures, event.source, event.id, event.subject).all<Failure>([](const Row& row) {
        return Failure{row.get<std::string>(0), row.get<int>(1), row.get<std::int64_t>(2)};
    });
}

void note_failure(Transaction& tx, const Event& event, int attempts, std::int64_t next_attempt_at,
                  std::string_view error) {
    insert(tx, kNoteFailure, event, attempts, next_attempt_at, error);
}

void forget_failure(Transaction& tx, const Event& event) { tx.execute(kForgetFailure, event.source, event.id); }

void bury(Transaction& tx, const Event& event, int attempts, std::string_view error, std::int64_t now) {
    tx.execute(kSee, event.source, event.id, now);
    insert(tx, kBury, event, attempts, now, error);
    forget_failure(tx, event);
}

std::vector<DeadLetter> dead_letters(Transaction& tx, int limit) {
    return tx.query(kDeadLetters, limit).all<DeadLetter>([](const Row& row) {
        return DeadLetter{to_event(row), row.get<std::string>(9), row.get<std::int64_t>(10)};
    });
}

std::vector<Event> dead_events(Transaction& tx, std::optional<std::string_view> id, int limit) {
    if (id) return tx.query(kDeadById, *id, limit).all<Event>(event_of);
    return tx.query(kDeadAll, 0, limit).all<Event>(event_of);
}

bool exhume(Transaction& tx, const Event& event) { return tx.execute(kExhume, event.source, event.id) > 0; }

void note_dead_failure(Transaction& tx, const Event& event, std::string_view error) {
    tx.execute(kNoteDeadFailure, event.source, event.id, error);
}

std::int64_t count_dead(Transaction& tx) { return tx.query(kCountDead).one<std::int64_t>(); }

std::int64_t forget_seen(Transaction& tx, std::int64_t before, int limit) {
    return tx.execute(kForgetSeen, before, limit);
}

std::vector<Event> abandoned(Transaction& tx, std::int64_t due_before, int limit) {
    return tx.query(kAbandoned, due_before, limit).all<Event>(event_of);
}

}  // namespace gatehouse::events::inbox

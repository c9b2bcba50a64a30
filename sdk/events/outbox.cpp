#include "sdk/events/outbox.hpp"

namespace gatehouse::events::outbox {

namespace {

constexpr char kHolder[] = "select holder, expires_at from gh_relay where number = 1";
constexpr char kHolderForUpdate[] = "select holder, expires_at from gh_relay where number = 1 for update";
constexpr char kClaim[] = "update gh_relay set holder = $1, expires_at = $2 where number = 1";
constexpr char kRelease[] = "update gh_relay set holder = '', expires_at = 0 where number = 1 and holder = $1";

#define OUTBOX_COLUMNS "sequence, id, type, subject, data, trace_parent, created_at, attempts"
// Ready: not sent, not waiting, and nothing of the same subject waits.
#define OUTBOX_READY                                                                                     \
    "sent_at is null and next_attempt_at <= $1 and subject not in (select subject from gh_outbox where " \
    "sent_at is null and next_attempt_at > 0 and next_attempt_at > $1 and subject <> '')"

// `ahead` is the payload before an event in the batch.
constexpr char kDue[] =
    "select " OUTBOX_COLUMNS " from (select " OUTBOX_COLUMNS
    ", sum(length(data)) over (order by sequence) - length(data) as ahead from (select " OUTBOX_COLUMNS
    " from gh_outbox where " OUTBOX_READY
    " order by sequence limit $2) as page) as sized where ahead < $3 "
    "order by sequence";
constexpr char kHasDue[] = "select 1 from gh_outbox where " OUTBOX_READY " limit 1";
constexpr char kNextDue[] =
    "select min(next_attempt_at) from gh_outbox where sent_at is null and next_attempt_at > 0 and next_attempt_at > $1";

#define OUTBOX_LISTED_SQLITE "sequence in (select value from json_each($1))"
#define OUTBOX_LISTED_POSTGRESQL "sequence in (select value::bigint from json_array_elements_text($1::json))"
#define OUTBOX_SENT "update gh_outbox set sent_at = $2, next_attempt_at = 0, last_error = '' where "
#define OUTBOX_FAILED \
    "update gh_outbox set attempts = attempts + 1, next_attempt_at = $2, last_error = $3 where sent_at is null and "
constexpr char kSentSqlite[] = OUTBOX_SENT OUTBOX_LISTED_SQLITE;
constexpr char kSentPostgresql[] = OUTBOX_SENT OUTBOX_LISTED_POSTGRESQL;
constexpr char kFailedSqlite[] = OUTBOX_FAILED OUTBOX_LISTED_SQLITE;
constexpr char kFailedPostgresql[] = OUTBOX_FAILED OUTBOX_LISTED_POSTGRESQL;
constexpr char kRefused[] =
    "update gh_outbox set attempts = attempts + 1, sent_at = $2, next_attempt_at = 0, last_error = $3 where sequence = "
    "$1";

constexpr char kBacklog[] = "select count(*), min(created_at) from gh_outbox where sent_at is null";
constexpr char kRemoveSent[] =
    "delete from gh_outbox where sequence in (select sequence from gh_outbox where sent_at is not null and sent_at < "
    "$1 "
    "order by sent_at limit $2)";

constexpr char kRemoveSentOf[] =
    "delete from gh_outbox where sequence in (select sequence from gh_outbox where sent_at is not null and sent_at < "
    "$1 and type = $2 order by sent_at limit $3)";

#define OUTBOX_LIST "select " OUTBOX_COLUMNS ", next_attempt_at, last_error, sent_at from gh_outbox where "
#define OUTBOX_NEWEST " order by sequence desc limit $1"
constexpr char kListUnsent[] = OUTBOX_LIST "sent_at is null" OUTBOX_NEWEST;
constexpr char kListSent[] = OUTBOX_LIST "sent_at is not null and last_error = ''" OUTBOX_NEWEST;
constexpr char kListRefused[] = OUTBOX_LIST "sent_at is not null and last_error <> ''" OUTBOX_NEWEST;
constexpr char kListAll[] = OUTBOX_LIST "sequence > 0" OUTBOX_NEWEST;

#define OUTBOX_RESEND "update gh_outbox set sent_at = null, attempts = 0, next_attempt_at = 0, last_error = '' where "
constexpr char kResend[] = OUTBOX_RESEND "id = $1";
constexpr char kResendWaiting[] = OUTBOX_RESEND "sent_at is null and next_attempt_at > 0";
constexpr char kResendSent[] = OUTBOX_RESEND "sent_at >= $1";

OutboxRow to_row(const Row& row) {
    OutboxRow event;
    event.sequence = row.get<std::int64_t>(0);
    event.id = row.get<std::string>(1);
    event.type = row.get<std::string>(2);
    event.subject = row.get<std::string>(3);
    event.data = row.get<std::string>(4);
    event.trace_parent = row.get<std::string>(5);
    event.created_at = row.get<std::int64_t>(6);
    event.attempts = row.get<int>(7);
    event.time = to_rfc3339(from_unix_ms(event.created_at));
    return event;
}

std::string to_array(std::span<const std::int64_t> numbers) {
    std::string text = "[";
    for (const std::int64_t number : numbers) {
        if (text.size() > 1) text += ',';
        text += std::to_string(number);
    }
    return text + "]";
}

const char* list_query(Which which) {
    switch (which) {
        case Which::unsent: return kListUnsent;
        case Which::sent: return kListSent;
        case Which::refused: return kListRefused;
        case Which::all: return kListAll;
    }
    return kListAll;
}

}  // namespace

bool claim(Transaction& tx, std::string_view holder, std::int64_t now, std::int64_t until,
           bool (*is_gone)(std::string_view)) {
    const Rows rows = tx.query(tx.engine() == Engine::postgresql ? kHolderForUpdate : kHolder);
    const auto current = rows[0].get<std::string>(0);
    const bool is_free =
        current.empty() || current == holder || rows[0].get<std::int64_t>(1) <= now || is_gone(current);
    if (is_free) tx.execute(kClaim, holder, until);
    return is_free;
}

void release(Transaction& tx, std::string_view holder) { tx.execute(kRelease, holder); }

std::vector<OutboxRow> due(Transaction& tx, std::int64_t now, int limit, std::int64_t bytes_max) {
    return tx.query(kDue, now, limit, bytes_max).all<OutboxRow>(to_row);
}

bool has_due(Transaction& tx, std::int64_t now) { return !tx.query(kHasDue, now).empty(); }

std::optional<std::int64_t> next_due(Transaction& tx, std::int64_t now) {
    return tx.query(kNextDue, now).one<std::optional<std::int64_t>>();
}

void mark_sent(Transaction& tx, std::span<const std::int64_t> sequences, std::int64_t now) {
    if (sequences.empty()) return;
    tx.execute(tx.engine() == Engine::sqlite ? kSentSqlite : kSentPostgresql, to_array(sequences), now);
}

void mark_failed(Transaction& tx, std::span<const std::int64_t> sequences, std::int64_t next_attempt_at,
                 std::string_view error) {
    if (sequences.empty()) return;
    tx.execute(tx.engine() == Engine::sqlite ? kFailedSqlite : kFailedPostgresql, to_array(sequences), next_attempt_at,
               error);
}

void mark_refused(Transaction& tx, std::int64_t sequence, std::int64_t now, std::string_view error) {
    tx.execute(kRefused, sequence, now, error);
}

Backlog backlog(Transaction& tx) {
    return tx.query(kBacklog).one<Backlog>([](const Row& row) {
        return Backlog{row.get<std::int64_t>(0), row.get<std::optional<std::int64_t>>(1)};
    });
}

std::int64_t remove_sent(Transaction& tx, std::int64_t before, int limit) {
    return tx.execute(kRemoveSent, before, limit);
}

std::int64_t remove_sent_of(Transaction& tx, std::string_view type, std::int64_t before, int limit) {
    return tx.execute(kRemoveSentOf, before, type, limit);
}

std::vector<Listed> list(Transaction& tx, Which which, int limit) {
    return tx.query(list_query(which), limit).all<Listed>([](const Row& row) {
        return Listed{to_row(row), row.get<std::int64_t>(8), row.get<std::string>(9),
                      row.get<std::optional<std::int64_t>>(10)};
    });
}

bool resend(Transaction& tx, std::string_view id) { return tx.execute(kResend, id) > 0; }

std::int64_t resend_all(Transaction& tx, std::optional<std::int64_t> sent_since) {
    std::int64_t count = tx.execute(kResendWaiting);
    if (sent_since) count += tx.execute(kResendSent, *sent_since);
    return count;
}

}  // namespace gatehouse::events::outbox

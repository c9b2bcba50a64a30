#include "plugins/notify/mail_repository.hpp"

#include <gatehouse/binding.hpp>

namespace notify::mails {

namespace {

using gatehouse::from_unix_ms;
using gatehouse::to_unix_ms;

constexpr char kInsert[] =
    "insert into mails (id, source, event_id, kind, user_id, recipient, language, fields, sealed, due_at, expires_at, "
    "created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (source, event_id, kind) do "
    "nothing";
constexpr char kAnyDue[] = "select 1 from mails where state = 'queued' and due_at <= $1 limit 1";
#define CLAIM_BEFORE                                                                                                 \
    "update mails set attempts = attempts + 1, due_at = $2 where id = (select id from mails where state = 'queued' " \
    "and due_at <= $1 order by due_at, id limit 1"
#define CLAIM_AFTER                                                                                                \
    ") returning id, source, event_id, kind, user_id, recipient, language, fields, sealed, attempts, created_at, " \
    "expires_at"
constexpr char kClaim[] = CLAIM_BEFORE CLAIM_AFTER;
constexpr char kClaimUnlocked[] = CLAIM_BEFORE " for update skip locked" CLAIM_AFTER;
constexpr char kPutOff[] =
    "update mails set due_at = $2, attempts = attempts - $3, last_error = $4 where id = $1 and state = 'queued'";
constexpr char kSent[] =
    "update mails set state = 'sent', sealed = null, fields = '{}', ended_at = $2, last_error = null where id = $1";
constexpr char kDead[] = "update mails set state = 'dead', ended_at = $2, last_error = $3 where id = $1";
constexpr char kExpired[] = "update mails set state = 'expired', sealed = null, ended_at = $2 where id = $1";
constexpr char kList[] =
    "select id, kind, recipient, state, attempts, created_at, last_error from mails where state = $1 order by id desc "
    "limit $2";
constexpr char kCount[] = "select count(*) from mails where state = $1";
constexpr char kRedriveOne[] =
    "update mails set state = 'queued', attempts = 0, due_at = $1, created_at = $1 where state = 'dead' and id = $2";
constexpr char kRedriveAll[] =
    "update mails set state = 'queued', attempts = 0, due_at = $1, created_at = $1 where state = 'dead'";
constexpr char kErase[] =
    "update mails set sealed = null where state = 'dead' and sealed is not null and expires_at <= $1";
constexpr char kPurge[] =
    "delete from mails where id in (select id from mails where state <> 'queued' and ended_at < $1 limit $2)";
constexpr char kRemove[] = "delete from mails where user_id = $1";

Mail to_mail(const gatehouse::Row& row) {
    Mail mail;
    mail.id = row.get<std::int64_t>("id");
    mail.source = row.get<std::string>("source");
    mail.event_id = row.get<std::string>("event_id");
    mail.kind = kind_of(row.get<std::string>("kind")).value();
    mail.user_id = row.get<std::int64_t>("user_id");
    mail.recipient = row.get<std::string>("recipient");
    mail.language = row.get<std::string>("language") == name_of(Language::ru) ? Language::ru : Language::en;
    mail.fields = gatehouse::from_json<TextFields>(row.get<std::string>("fields"));
    mail.sealed = row.get<std::optional<std::string>>("sealed");
    mail.attempts = row.get<std::int64_t>("attempts");
    mail.created_at = from_unix_ms(row.get<std::int64_t>("created_at"));
    if (const auto at = row.get<std::optional<std::int64_t>>("expires_at")) mail.expires_at = from_unix_ms(*at);
    return mail;
}

MailSummary to_summary(const gatehouse::Row& row) {
    return {row.get<std::int64_t>("id"),
            row.get<std::string>("kind"),
            row.get<std::string>("recipient"),
            row.get<std::string>("state"),
            row.get<std::int64_t>("attempts"),
            from_unix_ms(row.get<std::int64_t>("created_at")),
            row.get<std::optional<std::string>>("last_error")};
}

}  // namespace

void insert(Transaction& tx, const Mail& mail) {
    const auto expires_at = mail.expires_at ? std::optional(to_unix_ms(*mail.expires_at)) : std::nullopt;
    tx.execute(kInsert, mail.id, mail.source, mail.event_id, name_of(mail.kind), mail.user_id, mail.recipient,
               name_of(mail.language), gatehouse::to_json(mail.fields), mail.sealed, to_unix_ms(mail.created_at),
               expires_at, to_unix_ms(mail.created_at));
}

bool is_any_due(Transaction& tx, Time now) { return !tx.query(kAnyDue, to_unix_ms(now)).empty(); }

// SQLite has one writer at a time, and no such clause.
std::optional<Mail> claim(Transaction& tx, Time now, Time claimed_until) {
    return tx
        .query(tx.engine() == gatehouse::Engine::postgresql ? kClaimUnlocked : kClaim, to_unix_ms(now),
               to_unix_ms(claimed_until))
        .maybe<Mail>(to_mail);
}

void put_off(Transaction& tx, std::int64_t id, Time due_at, Attempt attempt, std::string_view error) {
    tx.execute(kPutOff, id, to_unix_ms(due_at), attempt == Attempt::counts ? 0 : 1, error);
}

void mark_sent(Transaction& tx, std::int64_t id, Time now) { tx.execute(kSent, id, to_unix_ms(now)); }

void mark_dead(Transaction& tx, std::int64_t id, Time now, std::string_view error) {
    tx.execute(kDead, id, to_unix_ms(now), error);
}

void mark_expired(Transaction& tx, std::int64_t id, Time now) { tx.execute(kExpired, id, to_unix_ms(now)); }

std::vector<MailSummary> list(Transaction& tx, std::string_view state, int limit) {
    return tx.query(kList, state, limit).all<MailSummary>(to_summary);
}

std::int64_t count(Transaction& tx, std::string_view state) { return tx.query(kCount, state).one<std::int64_t>(); }

std::int64_t redrive(Transaction& tx, std::optional<std::int64_t> id, Time now) {
    return id ? tx.execute(kRedriveOne, to_unix_ms(now), *id) : tx.execute(kRedriveAll, to_unix_ms(now));
}

std::int64_t purge(Transaction& tx, Time now, Time ended_before, int limit) {
    tx.execute(kErase, to_unix_ms(now));
    return tx.execute(kPurge, to_unix_ms(ended_before), limit);
}

void remove_of(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

}  // namespace notify::mails

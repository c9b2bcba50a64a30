#include "plugins/notify/mail_repository.hpp"

#include <gatehouse/binding.hpp>

namespace notify::mails {

namespace {

using gatehouse::from_unix_ms;
using gatehouse::to_unix_ms;

constexpr char kInsert[] =
    "insert into mails (id, source, event_id, kind, user_id, recipient, language, fields, sealed, due_at, expires_at, "
    "created_at, rank) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (source, event_id, "
    "kind) do "
    "nothing";
constexpr char kFind[] =
    "select id, source, event_id, kind, user_id, recipient, language, fields, sealed, attempts, created_at, expires_at "
    "from mails where id = $1";
constexpr char kSent[] =
    "update mails set state = 'sent', sealed = null, fields = '{}', ended_at = $2, last_error = null where id = $1";
constexpr char kExpired[] = "update mails set state = 'expired', sealed = null, ended_at = $2 where id = $1";
constexpr char kList[] =
    "select id, kind, recipient, state, attempts, created_at, last_error from mails where state = $1 order by id desc "
    "limit $2";
constexpr char kErase[] =
    "update mails set sealed = null where state = 'dead' and sealed is not null and expires_at <= $1";
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
               expires_at, to_unix_ms(mail.created_at), rank_of(mail.kind));
}

const QueueTable& queue() {
    static const QueueTable table("mails", "rank");
    return table;
}

std::optional<Mail> claim(Transaction& tx, Time now, Time claimed_until) {
    for (int rank = 0; rank < kRanks; ++rank) {  // one by one: so the index leads to the row, however many wait
        const auto id = queue().claim_in(tx, rank, now, claimed_until);
        if (id) return tx.query(kFind, *id).maybe<Mail>(to_mail);
    }
    return std::nullopt;
}

void mark_sent(Transaction& tx, std::int64_t id, Time now) { tx.execute(kSent, id, to_unix_ms(now)); }

void mark_expired(Transaction& tx, std::int64_t id, Time now) { tx.execute(kExpired, id, to_unix_ms(now)); }

std::vector<MailSummary> list(Transaction& tx, std::string_view state, int limit) {
    return tx.query(kList, state, limit).all<MailSummary>(to_summary);
}

std::int64_t purge(Transaction& tx, Time now, Time ended_before, int limit) {
    tx.execute(kErase, to_unix_ms(now));
    return queue().purge(tx, ended_before, limit);
}

void remove_of(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

}  // namespace notify::mails

#include "plugins/notify/webhook/webhook_repository.hpp"

#include <gatehouse/binding.hpp>

namespace notify::webhooks {

namespace {

using gatehouse::from_unix_ms;
using gatehouse::to_unix_ms;

#define WEBHOOK_COLUMNS                                                                                         \
    "id, url, description, types, sealed_key, former_key, former_until, is_active, disabled_reason, failures, " \
    "not_before, backlog_full_since, version, created_by, created_at, updated_at"

constexpr char kInsert[] =
    "insert into webhooks (id, url, description, types, sealed_key, created_by, created_at, updated_at) values ($1, "
    "$2, "
    "$3, $4, $5, $6, $7, $7)";
constexpr char kFind[] = "select " WEBHOOK_COLUMNS " from webhooks where id = $1";
constexpr char kList[] = "select " WEBHOOK_COLUMNS " from webhooks where id < $1 order by id desc limit $2";
constexpr char kCount[] = "select count(*) from webhooks";
constexpr char kUpdate[] =
    "update webhooks set url = $2, description = $3, types = $4, sealed_key = $5, former_key = $6, former_until = $7, "
    "is_active = $8, disabled_reason = $9, failures = $10, not_before = $11, updated_at = $12, version = version + 1 "
    "where id = $1";
constexpr char kRemoveDeliveries[] = "delete from webhook_deliveries where webhook_id = $1";
constexpr char kRemove[] = "delete from webhooks where id = $1";
constexpr char kInterested[] = "select id from webhooks where is_active and ' ' || types || ' ' like $1 order by id";
constexpr char kWithDue[] =
    "select id from webhooks where is_active and not_before <= $1 and exists (select 1 from webhook_deliveries where "
    "webhook_id = webhooks.id and state = 'queued' and due_at <= $1) order by not_before, id limit $2";
constexpr char kSuccess[] = "update webhooks set failures = 0, not_before = 0 where id = $1 and failures > 0";
constexpr char kFailure[] = "update webhooks set failures = failures + 1, not_before = $2 where id = $1";
constexpr char kBeginFull[] =
    "update webhooks set backlog_full_since = $2, version = version + 1 where id = $1 and backlog_full_since is null";
constexpr char kEndFull[] =
    "update webhooks set backlog_full_since = null, version = version + 1 where id = $1 and backlog_full_since is not "
    "null";
constexpr char kDisable[] =
    "update webhooks set is_active = false, disabled_reason = $2, updated_at = $3, version = version + 1 where id = $1 "
    "and is_active";

std::string to_text(const std::vector<EventType>& types) {
    std::string text;
    for (const EventType type : types) text.append(text.empty() ? "" : " ").append(name_of(type));
    return text;
}

std::vector<EventType> to_types(std::string_view text) {
    std::vector<EventType> types;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto type = event_type_of(text.substr(0, end))) types.push_back(*type);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return types;
}

Webhook to_webhook(const gatehouse::Row& row) {
    Webhook found;
    found.id = row.get<std::int64_t>("id");
    found.url = row.get<std::string>("url");
    found.description = row.get<std::string>("description");
    found.types = to_types(row.get<std::string>("types"));
    found.sealed_key = row.get<std::string>("sealed_key");
    found.former_key = row.get<std::optional<std::string>>("former_key");
    found.former_until = from_unix_ms(row.get<std::optional<std::int64_t>>("former_until").value_or(0));
    found.is_active = row.get<bool>("is_active");
    found.disabled_reason = row.get<std::optional<std::string>>("disabled_reason");
    found.failures = row.get<std::int64_t>("failures");
    found.not_before = from_unix_ms(row.get<std::int64_t>("not_before"));
    if (const auto since = row.get<std::optional<std::int64_t>>("backlog_full_since")) {
        found.backlog_full_since = from_unix_ms(*since);
    }
    found.version = row.get<std::int64_t>("version");
    found.created_by = row.get<std::int64_t>("created_by");
    found.created_at = from_unix_ms(row.get<std::int64_t>("created_at"));
    found.updated_at = from_unix_ms(row.get<std::int64_t>("updated_at"));
    return found;
}

}  // namespace

void insert(Transaction& tx, const Webhook& webhook) {
    tx.execute(kInsert, webhook.id, webhook.url, webhook.description, to_text(webhook.types), webhook.sealed_key,
               webhook.created_by, to_unix_ms(webhook.created_at));
}

std::optional<Webhook> find(Transaction& tx, std::int64_t id) { return tx.query(kFind, id).maybe<Webhook>(to_webhook); }

std::vector<Webhook> list(Transaction& tx, std::int64_t below, int limit) {
    return tx.query(kList, below, limit).all<Webhook>(to_webhook);
}

std::int64_t count(Transaction& tx) { return tx.query(kCount).one<std::int64_t>(); }

void update(Transaction& tx, const Webhook& webhook, Time now) {
    tx.execute(kUpdate, webhook.id, webhook.url, webhook.description, to_text(webhook.types), webhook.sealed_key,
               webhook.former_key, to_unix_ms(webhook.former_until), webhook.is_active, webhook.disabled_reason,
               webhook.failures, to_unix_ms(webhook.not_before), to_unix_ms(now));
}

bool remove(Transaction& tx, std::int64_t id) {
    tx.execute(kRemoveDeliveries, id);
    return tx.execute(kRemove, id) == 1;
}

std::vector<std::int64_t> interested(Transaction& tx, EventType type) {
    return tx.query(kInterested, "% " + std::string(name_of(type)) + " %").all<std::int64_t>();
}

std::vector<std::int64_t> with_due(Transaction& tx, Time now, int limit) {
    return tx.query(kWithDue, to_unix_ms(now), limit).all<std::int64_t>();
}

void note_success(Transaction& tx, std::int64_t id) { tx.execute(kSuccess, id); }

void note_failure(Transaction& tx, std::int64_t id, Time not_before) {
    tx.execute(kFailure, id, to_unix_ms(not_before));
}

bool begin_full_backlog(Transaction& tx, std::int64_t id, Time now) {
    return tx.execute(kBeginFull, id, to_unix_ms(now)) == 1;
}

bool end_full_backlog(Transaction& tx, std::int64_t id) { return tx.execute(kEndFull, id) == 1; }

bool disable(Transaction& tx, std::int64_t id, Time now, std::string_view reason) {
    return tx.execute(kDisable, id, reason, to_unix_ms(now)) == 1;
}

}  // namespace notify::webhooks

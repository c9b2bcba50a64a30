#include "plugins/notify/webhook/delivery_repository.hpp"

#include <gatehouse/binding.hpp>

namespace notify {

namespace {

using gatehouse::from_unix_ms;
using gatehouse::to_unix_ms;

#define DELIVERY_COLUMNS                                                                                   \
    "id, webhook_id, source, event_id, type, topic, body, state, attempts, due_at, created_at, ended_at, " \
    "last_status, last_error"

constexpr char kInsert[] =
    "insert into webhook_deliveries (id, webhook_id, source, event_id, type, topic, body, due_at, created_at) values "
    "($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (webhook_id, source, event_id) do nothing";
constexpr char kFind[] = "select " DELIVERY_COLUMNS " from webhook_deliveries where webhook_id = $1 and id = $2";
constexpr char kList[] =
    "select " DELIVERY_COLUMNS " from webhook_deliveries where webhook_id = $1 and id < $2 order by id desc limit $3";
constexpr char kListState[] =
    "select " DELIVERY_COLUMNS
    " from webhook_deliveries where webhook_id = $1 and id < $2 and state = $4 order by id desc limit $3";
constexpr char kStatus[] = "update webhook_deliveries set last_status = $2 where id = $1";
constexpr char kSent[] =
    "update webhook_deliveries set state = 'sent', ended_at = $2, last_error = null where id = $1 and state in "
    "('queued', 'dead')";
constexpr char kQueueAgain[] =
    "update webhook_deliveries set state = 'queued', attempts = 0, due_at = $2, created_at = $2, ended_at = null where "
    "id = $1 and body is not null";
constexpr char kNewestBeyond[] =
    "select id from webhook_deliveries where webhook_id = $1 and state = 'queued' order by id desc limit 1 offset $2";
constexpr char kDropWaiting[] =
    "update webhook_deliveries set state = 'dead', ended_at = $3, last_error = $4 where state = 'queued' and id in "
    "(select id from webhook_deliveries where webhook_id = $1 and state = 'queued' and id <= $2 order by id limit $5)";
constexpr char kWithdraw[] =
    "update webhook_deliveries set body = null, state = case when state in ('queued', 'dead') then 'withdrawn' else "
    "state end, ended_at = coalesce(ended_at, $2) where topic = $1 and body is not null";
constexpr char kAddPost[] = "insert into public_posts (id) values ($1) on conflict (id) do nothing";
constexpr char kRemovePost[] = "delete from public_posts where id = $1";
constexpr char kContainsPost[] = "select 1 from public_posts where id = $1";

std::optional<Time> to_time(const std::optional<std::int64_t>& milliseconds) {
    return milliseconds ? std::optional(from_unix_ms(*milliseconds)) : std::nullopt;
}

WebhookDelivery to_delivery(const gatehouse::Row& row) {
    WebhookDelivery found;
    found.id = row.get<std::int64_t>("id");
    found.webhook_id = row.get<std::int64_t>("webhook_id");
    found.source = row.get<std::string>("source");
    found.event_id = row.get<std::string>("event_id");
    found.type = row.get<std::string>("type");
    found.topic = row.get<std::string>("topic");
    found.body = row.get<std::optional<std::string>>("body");
    found.state = row.get<std::string>("state");
    found.attempts = row.get<std::int64_t>("attempts");
    found.due_at = from_unix_ms(row.get<std::int64_t>("due_at"));
    found.created_at = from_unix_ms(row.get<std::int64_t>("created_at"));
    found.ended_at = to_time(row.get<std::optional<std::int64_t>>("ended_at"));
    found.last_status = row.get<std::optional<std::int64_t>>("last_status");
    found.last_error = row.get<std::optional<std::string>>("last_error");
    return found;
}

}  // namespace

namespace deliveries {

void insert(Transaction& tx, const WebhookDelivery& delivery) {
    tx.execute(kInsert, delivery.id, delivery.webhook_id, delivery.source, delivery.event_id, delivery.type,
               delivery.topic, delivery.body, to_unix_ms(delivery.created_at));
}

std::optional<WebhookDelivery> find(Transaction& tx, std::int64_t webhook_id, std::int64_t id) {
    return tx.query(kFind, webhook_id, id).maybe<WebhookDelivery>(to_delivery);
}

std::vector<WebhookDelivery> list(Transaction& tx, std::int64_t webhook_id, std::optional<DeliveryState> state,
                                  std::int64_t below, int limit) {
    if (!state) return tx.query(kList, webhook_id, below, limit).all<WebhookDelivery>(to_delivery);
    return tx.query(kListState, webhook_id, below, limit, name_of(*state)).all<WebhookDelivery>(to_delivery);
}

const QueueTable& queue() {
    static const QueueTable table("webhook_deliveries", "webhook_id");
    return table;
}

std::optional<WebhookDelivery> claim(Transaction& tx, std::int64_t webhook_id, Time now, Time claimed_until) {
    const auto id = queue().claim_in(tx, webhook_id, now, claimed_until);
    return id ? find(tx, webhook_id, *id) : std::nullopt;
}

void note_status(Transaction& tx, std::int64_t id, std::optional<std::int64_t> status) {
    tx.execute(kStatus, id, status);
}

void mark_sent(Transaction& tx, std::int64_t id, Time now) { tx.execute(kSent, id, to_unix_ms(now)); }

void queue_again(Transaction& tx, std::int64_t id, Time now) { tx.execute(kQueueAgain, id, to_unix_ms(now)); }

std::optional<std::int64_t> newest_beyond(Transaction& tx, std::int64_t webhook_id, int kept) {
    return tx.query(kNewestBeyond, webhook_id, kept).maybe<std::int64_t>();
}

std::int64_t drop_waiting(Transaction& tx, std::int64_t webhook_id, std::int64_t last, Time now, std::string_view error,
                          int limit) {
    return tx.execute(kDropWaiting, webhook_id, last, to_unix_ms(now), error, limit);
}

void withdraw(Transaction& tx, std::string_view topic, Time now) { tx.execute(kWithdraw, topic, to_unix_ms(now)); }

}  // namespace deliveries

namespace public_posts {

void add(Transaction& tx, std::int64_t id) { tx.execute(kAddPost, id); }
bool remove(Transaction& tx, std::int64_t id) { return tx.execute(kRemovePost, id) == 1; }
bool contains(Transaction& tx, std::int64_t id) { return !tx.query(kContainsPost, id).empty(); }

}  // namespace public_posts
}  // namespace notify

// The table `webhook_deliveries`: what each webhook is to be told, was told, and could not be told. One row for each
// webhook and event.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/notify/queue_table.hpp"
#include "plugins/notify/webhook/webhook.hpp"

namespace notify {

struct WebhookDelivery {
    std::int64_t id = 0, webhook_id = 0;
    std::string source, event_id, type;
    std::string topic;                // by which it is withdrawn; empty: never
    std::optional<std::string> body;  // empty: withdrawn
    std::string state = "queued";
    std::int64_t attempts = 0;  // the one under way included
    Time due_at{}, created_at{};
    std::optional<Time> ended_at;
    std::optional<std::int64_t> last_status;
    std::optional<std::string> last_error;
};

// The field webhook-id: the same in every attempt. Without a dot, as Standard Webhooks wants it.
[[nodiscard]] inline std::string message_id_of(const WebhookDelivery& delivery) {
    return "msg_" + std::to_string(delivery.id);
}

namespace deliveries {

// Unless there is one of this webhook and event already.
void insert(Transaction& tx, const WebhookDelivery& delivery);
[[nodiscard]] std::optional<WebhookDelivery> find(Transaction& tx, std::int64_t webhook_id, std::int64_t id);
// Newest first, below an id.
[[nodiscard]] std::vector<WebhookDelivery> list(Transaction& tx, std::int64_t webhook_id,
                                                std::optional<DeliveryState> state, std::int64_t below, int limit);
// The lanes are the webhooks.
[[nodiscard]] const QueueTable& queue();
[[nodiscard]] std::optional<WebhookDelivery> claim(Transaction& tx, std::int64_t webhook_id, Time now,
                                                   Time claimed_until);
void note_status(Transaction& tx, std::int64_t id, std::optional<std::int64_t> status);
// Also when it was dropped while it was under way.
void mark_sent(Transaction& tx, std::int64_t id, Time now);
// As if it were new, whatever has become of it.
void queue_again(Transaction& tx, std::int64_t id, Time now);
// The newest one that waits when that many newer ones are kept; empty: there are no more than these.
[[nodiscard]] std::optional<std::int64_t> newest_beyond(Transaction& tx, std::int64_t webhook_id, int kept);
// Of those that wait, up to and with that id, the oldest become dead letters. How many.
std::int64_t drop_waiting(Transaction& tx, std::int64_t webhook_id, std::int64_t last, Time now, std::string_view error,
                          int limit);
// What was not told of a topic will not be; what was told is not kept.
void withdraw(Transaction& tx, std::string_view topic, Time now);

}  // namespace deliveries

// The posts that everybody may read: only these are told about. A post that was made before this service came is none.
namespace public_posts {

void add(Transaction& tx, std::int64_t id);
bool remove(Transaction& tx, std::int64_t id);  // false: it was none
[[nodiscard]] bool contains(Transaction& tx, std::int64_t id);

}  // namespace public_posts
}  // namespace notify

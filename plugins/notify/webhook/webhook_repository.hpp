// The table `webhooks`: where what is sent, and how it goes there.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/notify/webhook/event_type.hpp"

namespace notify {

using gatehouse::Time;
using gatehouse::Transaction;

struct Webhook {
    std::int64_t id = 0;
    std::string url, description;
    std::vector<EventType> types;
    std::string sealed_key;                 // opened only to sign
    std::optional<std::string> former_key;  // likewise, until former_until
    Time former_until{};
    bool is_active = true;
    std::optional<std::string> disabled_reason;
    std::int64_t failures = 0;  // in a row
    Time not_before{};
    std::optional<Time> backlog_full_since;
    std::int64_t version = 1;
    std::int64_t created_by = 0;
    Time created_at{}, updated_at{};
};

namespace webhooks {

void insert(Transaction& tx, const Webhook& webhook);
[[nodiscard]] std::optional<Webhook> find(Transaction& tx, std::int64_t id);
// Newest first, below an id.
[[nodiscard]] std::vector<Webhook> list(Transaction& tx, std::int64_t below, int limit);
[[nodiscard]] std::int64_t count(Transaction& tx);
// All but id, created_by, created_at and backlog_full_since; the version grows.
void update(Transaction& tx, const Webhook& webhook, Time now);
// With its deliveries. False: there was none.
bool remove(Transaction& tx, std::int64_t id);

// Active ones that want events of a type.
[[nodiscard]] std::vector<std::int64_t> interested(Transaction& tx, EventType type);
// Active ones that have something to send now.
[[nodiscard]] std::vector<std::int64_t> with_due(Transaction& tx, Time now, int limit);
void note_success(Transaction& tx, std::int64_t id);
void note_failure(Transaction& tx, std::int64_t id, Time not_before);
// False: it was so already.
bool begin_full_backlog(Transaction& tx, std::int64_t id, Time now);
bool end_full_backlog(Transaction& tx, std::int64_t id);
// False: it was not active any more.
bool disable(Transaction& tx, std::int64_t id, Time now, std::string_view reason);

}  // namespace webhooks
}  // namespace notify

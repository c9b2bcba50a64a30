// The tables gh_outbox and gh_relay: SQL and nothing else. Times are milliseconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/events/event_row.hpp"

namespace gatehouse::events::outbox {

// ---- the right to relay: at most one process does, until its time has passed or it gives up -------------------------
// Renews it if `holder` has it already. A holder that `is_gone` has lost it. False: somebody else has it.
[[nodiscard]] bool claim(Transaction& tx, std::string_view holder, std::int64_t now, std::int64_t until,
                         bool (*is_gone)(std::string_view holder));
void release(Transaction& tx, std::string_view holder);

// ---- what is to be sent
// ----------------------------------------------------------------------------------------------- Unsent events in
// order, without those that wait after a failure and those behind them in their subject. At most `limit` of at most
// `bytes_max` of payload, but at least one.
[[nodiscard]] std::vector<OutboxRow> due(Transaction& tx, std::int64_t now, int limit, std::int64_t bytes_max);
[[nodiscard]] bool has_due(Transaction& tx, std::int64_t now);
// When the next one that waits becomes due.
[[nodiscard]] std::optional<std::int64_t> next_due(Transaction& tx, std::int64_t now);

void mark_sent(Transaction& tx, std::span<const std::int64_t> sequences, std::int64_t now);
void mark_failed(Transaction& tx, std::span<const std::int64_t> sequences, std::int64_t next_attempt_at,
                 std::string_view error);
// The bus will never take it: kept as sent, with its error, so that it does not hold up the others.
void mark_refused(Transaction& tx, std::int64_t sequence, std::int64_t now, std::string_view error);

// ---- looking after it
// -------------------------------------------------------------------------------------------------
struct Backlog {
    std::int64_t count = 0;
    std::optional<std::int64_t> oldest_created_at;
};
[[nodiscard]] Backlog backlog(Transaction& tx);
// How many were removed, at most `limit`.
std::int64_t remove_sent(Transaction& tx, std::int64_t before, int limit);
std::int64_t remove_sent_of(Transaction& tx, std::string_view type, std::int64_t before, int limit);

struct Listed {
    OutboxRow event;
    std::int64_t next_attempt_at = 0;
    std::string last_error;
    std::optional<std::int64_t> sent_at;
};
enum class Which { unsent, sent, refused, all };
// Newest first.
[[nodiscard]] std::vector<Listed> list(Transaction& tx, Which which, int limit);

// Sends again: by id, whatever its state; or all unsent ones at once, and those sent since then.
[[nodiscard]] bool resend(Transaction& tx, std::string_view id);
std::int64_t resend_all(Transaction& tx, std::optional<std::int64_t> sent_since);

}  // namespace gatehouse::events::outbox

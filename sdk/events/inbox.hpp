// The tables gh_inbox, gh_inbox_failed and gh_dead_letters: SQL and nothing else. Times are milliseconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/events/event_row.hpp"

namespace gatehouse::events::inbox {

// False if it was seen before. On PostgreSQL this waits for a transaction that is just about to see the same event.
[[nodiscard]] bool see(Transaction& tx, const Event& event, std::int64_t now);

struct Failure {
    std::string id;
    int attempts = 0;
    std::int64_t next_attempt_at = 0;
};
// Failures that concern this event: its own, and those of others of its source and subject.
[[nodiscard]] std::vector<Failure> failures(Transaction& tx, const Event& event);
void note_failure(Transaction& tx, const Event& event, int attempts, std::int64_t next_attempt_at,
                  std::string_view error);
void forget_failure(Transaction& tx, const Event& event);

// Puts it aside and marks it seen.
void bury(Transaction& tx, const Event& event, int attempts, std::string_view error, std::int64_t now);

struct DeadLetter {
    Event event;  // attempt: one more than have failed
    std::string last_error;
    std::int64_t died_at = 0;
};
[[nodiscard]] std::vector<DeadLetter> dead_letters(Transaction& tx, int limit);  // newest first
// Oldest first: sequence, and what was put aside first.
[[nodiscard]] std::vector<Event> dead_events(Transaction& tx, std::optional<std::string_view> id, int limit);
[[nodiscard]] bool exhume(Transaction& tx, const Event& event);  // false: somebody else has just done so
void note_dead_failure(Transaction& tx, const Event& event, std::string_view error);
[[nodiscard]] std::int64_t count_dead(Transaction& tx);

// Removes marks of what was seen before then; how many.
std::int64_t forget_seen(Transaction& tx, std::int64_t before, int limit);
// Failed events that are long due and were never delivered again: they would hold up their subject for ever.
[[nodiscard]] std::vector<Event> abandoned(Transaction& tx, std::int64_t due_before, int limit);

}  // namespace gatehouse::events::inbox

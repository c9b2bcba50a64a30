// An event between its rows and the ABI.
#pragma once

#include <gatehouse/ext/events.h>
#include <gatehouse/events.hpp>

#include <cstdint>
#include <string>

namespace gatehouse::events {

// A row of gh_outbox.
struct OutboxRow {
    std::int64_t sequence = 0;
    std::string id, type, subject, data, trace_parent;
    std::int64_t created_at = 0;
    int attempts = 0;
    std::string time;  // created_at in RFC 3339
};

// Views into row; the host fills in the source.
[[nodiscard]] gh_event to_view(const OutboxRow& row);

[[nodiscard]] Event to_event(const gh_event& view);

// source, id, type, subject, sequence, time, data, trace_parent: the columns that gh_inbox_failed and gh_dead_letters
// have in common, in this order; attempts comes ninth.
#define GATEHOUSE_EVENT_COLUMNS "source, id, type, subject, sequence, time, data, trace_parent, attempts"
[[nodiscard]] Event to_event(const Row& row);

}  // namespace gatehouse::events

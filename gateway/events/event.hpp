#pragma once

#include <gatehouse/ext/events.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::events {

inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kSourceBytesMax = 100;
inline constexpr std::size_t kTypeBytesMax = 100;
inline constexpr std::size_t kSubjectBytesMax = 256;
inline constexpr std::size_t kTimeBytesMax = 40;
inline constexpr std::size_t kTraceBytesMax = 64;
inline constexpr std::size_t kDataBytesMax = 256 * 1024;
inline constexpr std::size_t kBatchMax = 1000;

// gh_event with memory of its own.
struct Event {
    std::string id, source, type, subject, time, data, trace_parent;
    std::uint64_t sequence = 0;
    bool operator==(const Event&) const = default;
};

Event to_event(const gh_event& event);
// Views into `event`.
gh_event to_view(const Event& event);

// What is wrong with it; empty = nothing. `data` is not looked into: see is_json().
std::string_view fault_of(const Event& event);
bool is_event_type(std::string_view text);
// One complete JSON text, nested at most 32 levels deep.
bool is_json(std::string_view text);

// Events with the same key are delivered in order; empty = no order.
std::string order_key(const Event& event);

}  // namespace gatehouse::events

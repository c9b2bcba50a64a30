// Ids of events and requests that were never made.
#pragma once

#include <cstdint>
#include <string>

namespace gatehouse::seed {

// A version 7 UUID (RFC 9562, section 5.7) of that time. Two values of one millisecond are never the same UUID.
[[nodiscard]] std::string make_uuid(std::int64_t milliseconds, std::uint64_t value);

}  // namespace gatehouse::seed

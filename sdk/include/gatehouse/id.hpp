// Identifiers that need no central counter and sort by the time they were made.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace gatehouse {

// 63-bit positive ids:  41 bits milliseconds since 2020-01-01 (until 2089) | 22 bits tail.
//
// One source never repeats an id, and every id is greater than the one before, also when the clock steps back. The tail
// is drawn at random for each millisecond and grows by random steps within one, so the next id cannot be guessed by
// adding one; ids are no secrets, though, and tell when they were made.
//
// Several sources (processes, or two generations of a plugin during a reload): two ids of the same millisecond are
// equal once in four million times. Two sources of 10 ids/s each meet once in about a year, of 100 ids/s each once in
// five days, so give busy ones different nodes (0 to 1023), which excludes it: the tail is then 10 bits node and 12
// bits random. An id is the primary key of its row anyway: the rare twin is a UniqueViolation, never an overwritten
// row.
//
// JavaScript's numbers end at 2^53: write these ids into JSON as strings.
class IdSource final {
public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;

    // Throws std::invalid_argument if the node is not below 1024. `clock` is for tests.
    explicit IdSource(std::optional<unsigned> node = std::nullopt, Clock clock = &std::chrono::system_clock::now);

    // [any thread]
    std::int64_t next();

    // The time in an id, exact to the millisecond.
    static std::chrono::system_clock::time_point time_of(std::int64_t id);

private:
    std::uint32_t tail_max() const noexcept;

    const std::optional<unsigned> node_;
    const Clock clock_;
    std::mutex mutex_;
    std::int64_t milliseconds_ = 0;
    std::uint32_t tail_ = 0;
};

// A version 7 UUID (RFC 9562, section 5.7): "018f3c1e-7b2a-7c3d-9e4f-0123456789ab". [any thread]
std::string uuid7();

}  // namespace gatehouse

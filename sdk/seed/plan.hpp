// What is to be made up: everything else follows from these three numbers.
#pragma once

#include <cstdint>

#include <gatehouse/describe.hpp>

namespace gatehouse::seed {

inline constexpr std::int64_t kUsersMax = 10'000'000, kPostsMax = 100'000'000;

struct Plan {
    std::int64_t users = 0, posts = 0;
    std::int64_t seed = 0;

    bool operator==(const Plan&) const = default;
};

// The times of all that is made up, in milliseconds since 1970. They are fixed, so that the same plan is the same data
// whenever it is written; and past, so that what people write then is newer.
inline constexpr std::int64_t kPeopleBegin = 1'640'995'200'000;  // 2022-01-01: the first account
inline constexpr std::int64_t kPostsBegin = 1'672'531'200'000;   // 2023-01-01: the last account, the first post
inline constexpr std::int64_t kPostsEnd = 1'735'689'600'000;     // 2025-01-01

// An id in the form of IdSource: the time and 22 bits that tell apart what was made in one millisecond.
constexpr std::int64_t make_id(std::int64_t milliseconds, std::uint64_t tail) {
    constexpr std::int64_t kIdsBegin = 1'577'836'800'000;  // 2020-01-01
    constexpr std::uint64_t kTailMask = (std::uint64_t{1} << 22U) - 1;
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(milliseconds - kIdsBegin) << 22U) |
                                     (tail & kTailMask));
}

// Whose ids follow from two numbers, such as the second comment on the fifth post: unique for owner below 400 million
// and number below 1024. The time is moved into the next slot of 100 s.
constexpr std::int64_t kSlot = 100'000;
constexpr std::int64_t slotted_time(std::int64_t milliseconds, std::int64_t owner) {
    return (milliseconds / kSlot + 1) * kSlot + owner % kSlot;
}
constexpr std::int64_t slotted_id(std::int64_t time, std::int64_t owner, std::int64_t number) {
    const auto pair = static_cast<std::uint64_t>(owner / kSlot) * 1'024 + static_cast<std::uint64_t>(number);
    return make_id(time, pair * 2'654'435'761U);  // odd: no two pairs share a tail
}

}  // namespace gatehouse::seed

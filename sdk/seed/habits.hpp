// What people want to be told, and how far they have read it. Pure functions of the plan, as people.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "sdk/seed/people.hpp"

namespace gatehouse::seed {

// What people are told is forgotten half a year later; so at the end there is what is newer than this.
inline constexpr std::int64_t kNewsBegin = kPostsEnd - std::int64_t{180} * 86'400'000;

struct Habits {
    std::optional<Language> language;  // if they have chosen one
    bool wants_follower_mails = true, wants_order_mails = true, wants_follower_news = true;
    std::int64_t looked_at = kNewsBegin;  // when they have looked at their news for the last time

    // When they have read what they were told at that time; empty: not yet. salt: tells apart what one is told.
    [[nodiscard]] std::optional<std::int64_t> read_at(std::int64_t told_at, std::int64_t salt) const;
};
[[nodiscard]] Habits habits_of(const People& people, std::int64_t number);

}  // namespace gatehouse::seed

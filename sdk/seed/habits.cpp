#include "sdk/seed/habits.hpp"

#include <algorithm>

namespace gatehouse::seed {

namespace {

constexpr double kDay = 86'400'000;
constexpr double kChooseEnglish = 0.1, kNoFollowerMails = 0.2, kNoOrderMails = 0.05, kNoFollowerNews = 0.06;
constexpr double kNeverLook = 0.15, kAbsenceTail = 0.6, kDaysKept = 180;
constexpr std::int64_t kReadWithin = std::int64_t{2} * 86'400'000;

}  // namespace

// The site speaks English, so those who speak Russian have chosen it.
Habits habits_of(const People& people, std::int64_t number) {
    Random numbers(static_cast<std::uint64_t>(people.plan().seed), Purpose::habits, number);
    Habits habits;
    const bool chooses_english = numbers.chance(kChooseEnglish);
    if (people.language(number) == Language::russian) {
        habits.language = Language::russian;
    } else if (chooses_english) {
        habits.language = Language::english;
    }
    habits.wants_follower_mails = !numbers.chance(kNoFollowerMails);
    habits.wants_order_mails = !numbers.chance(kNoOrderMails);
    habits.wants_follower_news = !numbers.chance(kNoFollowerNews);
    if (numbers.chance(kNeverLook)) return habits;
    const double days = numbers.heavy(kAbsenceTail, kDaysKept) - numbers.unit();
    habits.looked_at = std::max(kNewsBegin, kPostsEnd - static_cast<std::int64_t>(days * kDay));
    return habits;
}

std::optional<std::int64_t> Habits::read_at(std::int64_t told_at, std::int64_t salt) const {
    if (told_at >= looked_at) return std::nullopt;
    Random numbers(static_cast<std::uint64_t>(told_at), Purpose::reading, salt);
    return std::min(looked_at, told_at + 1 + numbers.below(kReadWithin));
}

}  // namespace gatehouse::seed

// Made-up people and who follows whom. Pure functions of the plan: every service that asks is told the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sdk/seed/grammar.hpp"
#include "sdk/seed/plan.hpp"

namespace gatehouse::seed {

struct Person {
    std::int64_t id = 0, created_at = 0;  // milliseconds since 1970
    Language language = Language::english;
    Gender gender = Gender::female;
    std::string username, email, first_name, last_name;  // names in the letters of the language
    std::string birthday;                                // YYYY-MM-DD
    std::optional<std::string> bio, phone;               // a number of those that are kept for films

    std::string full_name() const { return first_name + " " + last_name; }
};

struct Following {
    std::int64_t user = 0;  // the number of who is followed
    std::int64_t id = 0, created_at = 0;
};

// People have numbers from 0 up to plan.users.  Immutable; any thread.
class People final {
public:
    // Nobody follows more.
    static constexpr std::int64_t kFollowedMax = 1'000;

    explicit People(const Plan& plan) : plan_(plan), by_rank_(static_cast<std::uint64_t>(plan.seed), plan.users) {}

    [[nodiscard]] const Plan& plan() const { return plan_; }
    [[nodiscard]] Person person(std::int64_t number) const;
    [[nodiscard]] std::int64_t id(std::int64_t number) const;
    [[nodiscard]] std::int64_t created_at(std::int64_t number) const;
    [[nodiscard]] std::string username(std::int64_t number) const;
    [[nodiscard]] Language language(std::int64_t number) const;
    [[nodiscard]] Gender gender(std::int64_t number) const;

    // Some have the role of a moderator: none among fewer than ten people, else two and more; never number 0.
    [[nodiscard]] std::int64_t moderator_count() const;
    // The number of one of them.  REQUIRES: place is below moderator_count()
    [[nodiscard]] std::int64_t moderator(std::int64_t place) const;
    [[nodiscard]] bool is_moderator(std::int64_t number) const;

    // Who has that place among the popular ones; 0 is the most popular.
    [[nodiscard]] std::int64_t of_rank(std::int64_t rank) const { return by_rank_.at(rank); }
    [[nodiscard]] std::int64_t followed_count(std::int64_t number) const;
    // When they have begun with the last one, at the latest.
    [[nodiscard]] std::int64_t followed_until(std::int64_t number) const;
    // Whom they follow, in the order in which they began. How many follow somebody falls with the rank, by a power law.
    [[nodiscard]] std::vector<Following> followed_by(std::int64_t number) const;

private:
    [[nodiscard]] Random random(std::int64_t number) const {
        return {static_cast<std::uint64_t>(plan_.seed), Purpose::person, number};
    }
    [[nodiscard]] std::int64_t followed_from(std::int64_t number) const;

    const Plan plan_;
    const Shuffle by_rank_;
};

}  // namespace gatehouse::seed

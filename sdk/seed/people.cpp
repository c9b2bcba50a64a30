#include "sdk/seed/people.hpp"

#include <algorithm>
#include <unordered_set>

#include "sdk/seed/names.hpp"

namespace gatehouse::seed {

namespace {

// How often somebody is followed falls with the rank r as r ^ -kFollowersExponent: the share of people with n followers
// falls as n ^ -(1 + 1 / 0.85) = n ^ -2.2.
constexpr double kFollowersExponent = 0.85;
constexpr double kFollowedTail = 1.2, kFollowedLeast = 4;
// People find whom to follow within two months, the first ones first; so the ids of a range of people lie together.
constexpr std::int64_t kFollowingTime = std::int64_t{60} * 86'400'000;

constexpr std::int64_t kTooFewToModerate = 10, kPeoplePerModerator = 1'000, kModeratorsMax = 50;

struct Name {
    Language language;
    const GivenName& given;
    const FamilyName& family;
};

// The first numbers of a person's stream.
Name name_of(Random& random) {
    const Language language = random.chance(0.5) ? Language::russian : Language::english;
    const Names& names = names_of(language);
    const auto& given = names.given[static_cast<std::size_t>(random.below(std::ssize(names.given)))];
    const auto& family = names.family[static_cast<std::size_t>(random.below(std::ssize(names.family)))];
    return {language, given, family};
}

// The number makes it unique.
std::string username_of(const Name& name, std::int64_t number) {
    return name.given.latin + "_" + name.family.latin[name.given.gender == Gender::female ? 1 : 0] + "_" +
           std::to_string(number + 1);
}

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

Person People::person(std::int64_t number) const {
    constexpr const char* kDomains[] = {"example.com", "example.org", "example.net"};
    Random numbers = random(number);
    const Name name = name_of(numbers);
    Person person;
    person.id = id(number);
    person.created_at = created_at(number);
    person.language = name.language;
    person.gender = name.given.gender;
    person.username = username_of(name, number);
    person.email = person.username + "@" + kDomains[numbers.below(3)];
    person.first_name = name.given.written;
    person.last_name = name.family.written[person.gender == Gender::female ? 1 : 0];
    person.birthday = std::to_string(1950 + numbers.below(55)) + "-" + two_digits(1 + numbers.below(12)) + "-" +
                      two_digits(1 + numbers.below(28));
    if (numbers.chance(0.3)) person.phone = "+1 202 555 01" + two_digits(numbers.below(100));
    if (numbers.chance(0.7)) person.bio = grammar_of(person.language).say("bio", numbers, person.gender);
    return person;
}

std::string People::username(std::int64_t number) const {
    Random numbers = random(number);
    return username_of(name_of(numbers), number);
}

Language People::language(std::int64_t number) const {
    Random numbers = random(number);
    return name_of(numbers).language;
}

Gender People::gender(std::int64_t number) const {
    Random numbers = random(number);
    return name_of(numbers).given.gender;
}

std::int64_t People::created_at(std::int64_t number) const {
    const std::int64_t width = (kPostsBegin - kPeopleBegin) / plan_.users;
    Random numbers(static_cast<std::uint64_t>(plan_.seed), Purpose::order, number);
    return kPeopleBegin + number * width + numbers.below(width);
}

std::int64_t People::id(std::int64_t number) const {
    return make_id(created_at(number), Random(static_cast<std::uint64_t>(plan_.seed), Purpose::order, ~number).next());
}

std::int64_t People::moderator_count() const {
    return plan_.users < kTooFewToModerate ? 0 : std::min(2 + plan_.users / kPeoplePerModerator, kModeratorsMax);
}

std::int64_t People::moderator(std::int64_t place) const { return 1 + place * (plan_.users / moderator_count()); }

bool People::is_moderator(std::int64_t number) const {
    const std::int64_t count = moderator_count();
    if (count == 0) return false;
    const std::int64_t apart = plan_.users / count;
    return number % apart == 1 && number / apart < count;
}

std::int64_t People::followed_count(std::int64_t number) const {
    Random numbers(static_cast<std::uint64_t>(plan_.seed), Purpose::follows, number);
    const double wanted = kFollowedLeast * numbers.heavy(kFollowedTail, 1e6);
    return std::min({static_cast<std::int64_t>(wanted), kFollowedMax, plan_.users / 4});
}

std::int64_t People::followed_from(std::int64_t number) const {
    return kPostsBegin + number * ((kPostsEnd - kPostsBegin - kFollowingTime - kSlot) / plan_.users);
}

std::int64_t People::followed_until(std::int64_t number) const {
    return followed_from(number) + kFollowingTime + 2 * kSlot;
}

std::vector<Following> People::followed_by(std::int64_t number) const {
    const std::int64_t count = followed_count(number);
    Random numbers(static_cast<std::uint64_t>(plan_.seed), Purpose::follows, ~number);
    std::unordered_set<std::int64_t> taken{number};
    std::vector<Following> followed;
    followed.reserve(static_cast<std::size_t>(count));
    const std::int64_t begin = followed_from(number);
    const std::int64_t width = count == 0 ? 0 : kFollowingTime / count;
    while (std::ssize(followed) < count) {
        const std::int64_t user = of_rank(numbers.ranked(plan_.users, kFollowersExponent));
        if (!taken.insert(user).second) continue;
        const std::int64_t place = std::ssize(followed);
        const std::int64_t time = slotted_time(begin + place * width + numbers.below(width), number);
        followed.push_back({user, slotted_id(time, number, place), time});
    }
    return followed;
}

}  // namespace gatehouse::seed

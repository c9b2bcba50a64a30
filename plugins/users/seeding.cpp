#include "plugins/users/seeding.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/users/profile_repository.hpp"
#include "sdk/seed/rows.hpp"

namespace users::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Part;
using gatehouse::seed::Person;
using gatehouse::seed::Plan;
using gatehouse::seed::Range;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

constexpr std::int64_t kFilledAfterMs = 300'000;  // people fill in their profiles some minutes after they registered
constexpr int kFilledVersion = 2;                 // and one more with a picture

void seed_profiles(Database& database, const World& world, const Range& range) {
    std::vector<Person> people;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        people.push_back(world.people.person(number));
    }
    std::vector<std::optional<gatehouse::seed::Picture>> pictures;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        pictures.push_back(world.pictures.of_person(number));
    }
    std::vector<std::pair<std::string, std::string>> keys;  // with the full name
    for (const Person& person : people) keys.emplace_back(profiles::to_key(person.username), person.full_name());
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from profiles where user_id = $1", people.front().id)) return;
        Rows rows(tx,
                  "profiles (user_id, username, username_key, first_name, last_name, full_name, gender, birthday, "
                  "phone, bio, is_filled, version, created_at, updated_at, avatar_id)",
                  15);
        for (std::size_t i = 0; i < people.size(); ++i) {
            const Person& person = people[i];
            const std::string_view gender = person.gender == gatehouse::seed::Gender::male ? "male" : "female";
            const auto avatar = pictures[i] ? std::optional(std::string_view(pictures[i]->id)) : std::nullopt;
            rows.add(person.id, person.username, keys[i].first, person.first_name, person.last_name, keys[i].second,
                     gender, person.birthday, person.phone, person.bio, true, kFilledVersion + (avatar ? 1 : 0),
                     person.created_at, person.created_at + kFilledAfterMs, avatar);
        }
        rows.flush();
    });
}

// How many follow each: known when all have been asked, so it is kept from one range to the next.
class Followers final {
public:
    using Counts = std::shared_ptr<const std::vector<std::int64_t>>;

    Counts of(const World& world) {
        const std::scoped_lock lock(mutex_);
        const Plan& plan = world.people.plan();
        if (counts_ && plan_ == plan) return counts_;
        auto counts = std::make_shared<std::vector<std::int64_t>>(static_cast<std::size_t>(plan.users));
        for (std::int64_t number = 0; number < plan.users; ++number) {
            for (const auto& one : world.people.followed_by(number)) ++(*counts)[static_cast<std::size_t>(one.user)];
        }
        plan_ = plan;
        return counts_ = std::move(counts);
    }
    void forget() {
        const std::scoped_lock lock(mutex_);
        counts_.reset();
    }

private:
    std::mutex mutex_;
    Plan plan_;      // guarded by mutex_
    Counts counts_;  // guarded by mutex_
};

void seed_counts(Database& database, const World& world, const Range& range, Followers& followers) {
    const auto counts = followers.of(world);
    database.write([&](Transaction& tx) {
        Rows rows(tx, "follow_counts (user_id, subscriptions, subscribers)", {"", "", ""}, "on conflict do nothing");
        for (std::int64_t number = range.first; number < range.last; ++number) {
            const std::int64_t followed = world.people.followed_count(number);
            const std::int64_t following = (*counts)[static_cast<std::size_t>(number)];
            if (followed + following > 0) rows.add(world.people.id(number), followed, following);
        }
        rows.flush();
    });
    if (range.last == world.people.plan().users) followers.forget();
}

}  // namespace

bool is_empty(Transaction& tx) { return tx.query("select 1 from profiles limit 1").empty(); }

std::vector<Part> parts(Database& database) {
    const auto profiles = [&database](const World& world, const Range& range, const std::string&) {
        seed_profiles(database, world, range);
    };
    const auto counts = [&database, followers = std::make_shared<Followers>()](const World& world, const Range& range,
                                                                               const std::string&) {
        seed_counts(database, world, range, *followers);
    };
    return {{"profiles", Part::Of::people, 2'000, profiles},
            {"follow counts", Part::Of::people, 10'000, counts},
            gatehouse::seed::statistics_of(database, {"profiles", "follow_counts"})};
}

}  // namespace users::seeding

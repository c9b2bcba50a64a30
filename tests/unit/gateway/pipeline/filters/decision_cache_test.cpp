#include "gateway/pipeline/filters/auth/decision_cache.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace gatehouse::pipeline {
namespace {

const TimePoint kStart{};

Decision allowed(std::string user, std::string session = "s", Duration fresh_for = 5s) {
    Decision decision;
    decision.outcome = Decision::Outcome::allowed;
    decision.identity.present = true;
    decision.identity.id = std::move(user);
    decision.identity.session = std::move(session);
    decision.fresh_for = fresh_for;
    return decision;
}

Hash128 key_of(std::uint64_t number) { return {number * 7919, number}; }

TEST(DecisionCache, ForgetsWhenItsTimeIsUp) {
    DecisionCache cache(4);
    cache.insert(key_of(1), allowed("u"), kStart);
    ASSERT_NE(cache.find(key_of(1), kStart + 5s - 1ns), nullptr);
    EXPECT_EQ(cache.find(key_of(1), kStart + 5s), nullptr);
    EXPECT_EQ(cache.size(), 0u);
}

TEST(DecisionCache, NeverKeepsFailuresOrWhatIsNotFresh) {
    DecisionCache cache(4);
    Decision failed;
    failed.fresh_for = 5s;
    cache.insert(key_of(1), failed, kStart);
    cache.insert(key_of(2), allowed("u", "s", 0s), kStart);
    EXPECT_EQ(cache.size(), 0u);
}

TEST(DecisionCache, ReplacesAnEntry) {
    DecisionCache cache(4);
    cache.insert(key_of(1), allowed("old"), kStart);
    cache.insert(key_of(1), allowed("new"), kStart);
    EXPECT_EQ(cache.find(key_of(1), kStart)->identity.id, "new");
    EXPECT_EQ(cache.size(), 1u);
}

TEST(DecisionCache, DropsTheLeastRecentlyUsedAsAModelSays) {
    constexpr std::size_t kCapacity = 8;
    DecisionCache cache(kCapacity);
    std::deque<std::uint64_t> model;  // newest first
    std::mt19937 random(3);
    for (int round = 0; round < 5000; ++round) {
        const std::uint64_t number = random() % 20;
        const auto known = std::find(model.begin(), model.end(), number);
        ASSERT_EQ(cache.find(key_of(number), kStart) != nullptr, known != model.end());
        if (known != model.end()) {
            model.erase(known);
        } else {
            cache.insert(key_of(number), allowed(std::to_string(number)), kStart);
            if (model.size() == kCapacity) model.pop_back();
        }
        model.push_front(number);
        ASSERT_EQ(cache.size(), model.size());
    }
}

TEST(DecisionCache, RevokesBySessionOrUser) {
    DecisionCache cache(8);
    cache.insert(key_of(1), allowed("ada", "s1"), kStart);
    cache.insert(key_of(2), allowed("ada", "s2"), kStart);
    cache.insert(key_of(3), allowed("bob", "s3"), kStart);
    cache.insert(key_of(4), allowed("bob", ""), kStart);
    cache.revoke({.session = "s1", .user = ""});
    EXPECT_EQ(cache.find(key_of(1), kStart), nullptr);
    EXPECT_EQ(cache.size(), 3u);
    cache.revoke({.session = "", .user = "bob"});
    EXPECT_EQ(cache.size(), 1u);
    cache.revoke({});
    EXPECT_NE(cache.find(key_of(2), kStart), nullptr);
}

}  // namespace
}  // namespace gatehouse::pipeline

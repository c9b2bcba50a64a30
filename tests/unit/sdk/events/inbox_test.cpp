// From the bus to the effect.
#include "tests/unit/sdk/events/fixture.hpp"

#include <atomic>
#include <latch>
#include <stdexcept>

namespace gatehouse::events_test {

namespace {

using namespace std::chrono_literals;
using counters::Counters;
using Lines = std::vector<std::string>;

void fail_on(const std::string& name) {
    Counters::after_effect = [name](const Event&, const counters::Change& change) {
        if (change.name == name) throw std::runtime_error("the disk is on fire");
    };
}

TEST_F(EventsTest, ADuplicateHasNoSecondEffect) {
    EXPECT_EQ(set("a", 1, "x"), GH_OK);
    EXPECT_EQ(set("a", 1, "x"), GH_OK);
    EXPECT_EQ(effects(), Lines{"a 1"});
    EXPECT_EQ(host().metric("events_duplicates_total"), 1);
    EXPECT_EQ(host().metric("events_processed_total", {"counter.set"}), 1);
}

TEST_F(EventsTest, TheSameIdOfAnotherSourceIsAnotherEvent) {
    EXPECT_EQ(set("a", 1, "x"), GH_OK);
    EXPECT_EQ(host().deliver("counter.set", R"({"name":"a","value":2})", {.source = "other", .id = "x"}), GH_OK);
    EXPECT_EQ(effects(), (Lines{"a 1", "a 2"}));
}

TEST_F(EventsTest, DuplicatesAtTheSameTimeHaveOneEffect) {
    constexpr int kThreads = 8, kEvents = 20;
    host();
    std::latch start(kThreads);
    std::vector<std::thread> threads;
    std::atomic<int> refused = 0;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            start.arrive_and_wait();
            for (int k = 0; k < kEvents; ++k) {
                while (set("a", k, "event-" + std::to_string(k)) != GH_OK) ++refused;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(effects().size(), static_cast<std::size_t>(kEvents));
    EXPECT_EQ(refused, 0);
}

TEST_F(EventsTest, AFailedHandlerLeavesNothingAndIsTriedAgain) {
    fail_on("a");
    EXPECT_EQ(set("a", 1, "x"), GH_E_INTERNAL);
    EXPECT_EQ(effects(), Lines{});
    EXPECT_EQ(count("gh_inbox"), 0);
    EXPECT_EQ(text("select last_error from gh_inbox_failed"), "the disk is on fire");
    EXPECT_EQ(set("a", 1, "x"), GH_E_STATE) << "too early";
    host().advance(100ms);
    EXPECT_EQ(set("a", 1, "x"), GH_E_INTERNAL);
    host().advance(100ms);
    EXPECT_EQ(set("a", 1, "x"), GH_E_STATE) << "the pause has doubled";
    host().advance(100ms);
    Counters::after_effect = nullptr;
    EXPECT_EQ(set("a", 1, "x"), GH_OK);
    EXPECT_EQ(effects(), Lines{"a 1"});
    EXPECT_EQ(count("effects where attempt = 3"), 1);
    EXPECT_EQ(count("gh_inbox_failed"), 0);
}

TEST_F(EventsTest, LaterOnesOfTheSubjectWaitForAFailedOne) {
    EXPECT_EQ(set("a", 1, "1"), GH_OK);
    fail_on("a");
    EXPECT_EQ(set("a", 2, "2"), GH_E_INTERNAL);
    Counters::after_effect = nullptr;
    EXPECT_EQ(set("a", 3, "3"), GH_E_STATE);
    EXPECT_EQ(set("a", 1, "1"), GH_OK) << "seen long before";
    EXPECT_EQ(set("b", 9, "9"), GH_OK) << "another subject";
    host().advance(1s);
    EXPECT_EQ(set("a", 3, "3"), GH_E_STATE);
    EXPECT_EQ(set("a", 2, "2"), GH_OK);
    EXPECT_EQ(set("a", 3, "3"), GH_OK);
    EXPECT_EQ(effects(), (Lines{"a 1", "b 9", "a 2", "a 3"}));
}

TEST_F(EventsTest, WithoutASubjectNobodyWaits) {
    fail_on("a");
    EXPECT_EQ(host().deliver("counter.set", R"({"name":"a","value":1})", {.id = "1"}), GH_E_INTERNAL);
    EXPECT_EQ(host().deliver("counter.set", R"({"name":"b","value":2})", {.id = "2"}), GH_OK);
}

TEST_F(EventsTest, AfterTheLastAttemptItIsADeadLetter) {
    fail_on("a");
    for (int attempt = 1; attempt < 10; ++attempt) {
        ASSERT_EQ(set("a", 1, "1"), GH_E_INTERNAL) << attempt;
        host().advance(1min);
    }
    EXPECT_EQ(set("a", 1, "1"), GH_OK);
    EXPECT_EQ(text("select last_error from gh_dead_letters where attempts = 10"), "the disk is on fire");
    EXPECT_EQ(count("gh_inbox_failed"), 0);
    Counters::after_effect = nullptr;
    EXPECT_EQ(set("a", 1, "1"), GH_OK) << "a duplicate";
    EXPECT_EQ(set("a", 2, "2"), GH_OK) << "the next one of its subject";
    EXPECT_EQ(effects(), Lines{"a 2"});
    EXPECT_EQ(host().metric("events_deaths_total", {"counter.set"}), 1);
}

TEST_F(EventsTest, APayloadThatCannotBeReadIsADeadLetterAtOnce) {
    const std::vector<std::string> payloads = {
        "", "{", "[]", R"({"name":1,"value":1})", R"({"name":"a"})", "\xff", std::string("\0", 1)};
    for (const std::string& payload : payloads) EXPECT_EQ(host().deliver("counter.set", payload), GH_OK) << payload;
    EXPECT_EQ(count("gh_dead_letters"), static_cast<std::int64_t>(payloads.size()));
    EXPECT_EQ(effects(), Lines{});
}

TEST_F(EventsTest, AFailedOneThatNeverComesBackIsPutAside) {
    fail_on("a");
    EXPECT_EQ(set("a", 1, "1"), GH_E_INTERNAL);
    Counters::after_effect = nullptr;
    host().advance(25h);
    add("something that wakes the relay");
    static_cast<void>(published());
    EXPECT_EQ(count("gh_dead_letters"), 1);
    EXPECT_EQ(set("a", 2, "2"), GH_OK);
}

TEST_F(EventsTest, RemembersWhatItHasSeenTwiceAsLongAsOthersKeepIt) {
    EXPECT_EQ(set("a", 1, "1"), GH_OK);
    host().advance(24h * 13);
    add("b");
    static_cast<void>(published());
    EXPECT_EQ(count("gh_inbox"), 1);
    host().advance(24h * 2);
    add("b");
    static_cast<void>(published());
    EXPECT_EQ(count("gh_inbox"), 0);
}

}  // namespace
}  // namespace gatehouse::events_test

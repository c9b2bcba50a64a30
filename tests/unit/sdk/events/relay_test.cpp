// From the outbox to the bus.
#include "tests/unit/sdk/events/fixture.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "sdk/events/back_off.hpp"
#include "sdk/events/holder.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace gatehouse::events_test {

namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

TEST_F(EventsTest, TriesAgainLaterAndKeepsTheOrderOfASubject) {
    bool is_down = true;
    host().on_publish([&](const testing::PublishedEvent& event) {
        return is_down && event.subject == "counter/a" ? GH_E_UNAVAILABLE : GH_OK;
    });
    add("a");
    add("b");
    add("a");
    EXPECT_EQ(published(), Lines{"counter/b 1"});
    host().advance(10s);
    EXPECT_EQ(published(), Lines{"counter/b 1"});
    EXPECT_GT(count("gh_outbox where attempts > 3 and next_attempt_at > 0 and last_error <> ''"), 0);
    is_down = false;
    host().advance(40s);
    EXPECT_EQ(published(), (Lines{"counter/b 1", "counter/a 1", "counter/a 2"}));
    EXPECT_GT(host().metric("events_publish_failures_total"), 3);
    EXPECT_EQ(host().metric("events_published_total"), 3);
}

TEST_F(EventsTest, AnEventThatTheBusRefusesDoesNotHoldUpOthers) {
    host().on_publish(
        [](const testing::PublishedEvent& event) { return describe(event) == "counter/a 1" ? GH_E_INVALID : GH_OK; });
    add("a");
    add("a");
    host().advance(1min);
    EXPECT_EQ(published(), Lines{"counter/a 2"});
    EXPECT_EQ(count("gh_outbox where sent_at is not null and last_error <> ''"), 1);
}

// The bus has it, the outbox does not know that: as after a kill between the two.
TEST_F(EventsTest, SendsAgainWhatWasSentButNotMarked) {
    bool is_first = true;
    host().on_publish([&](const testing::PublishedEvent&) {
        if (std::exchange(is_first, false)) {
            database().write([](Transaction& tx) { tx.execute("alter table gh_relay rename to hidden"); });
        }
        return GH_OK;
    });
    add("a");
    EXPECT_EQ(published(), Lines{"counter/a 1"});
    EXPECT_EQ(count("gh_outbox where sent_at is null"), 1);
    database().write([](Transaction& tx) { tx.execute("alter table hidden rename to gh_relay"); });
    host().advance(1min);
    EXPECT_EQ(published(), (Lines{"counter/a 1", "counter/a 1"}));
    EXPECT_EQ(host().published()[0].id, host().published()[1].id);
    EXPECT_EQ(count("gh_outbox where sent_at is null"), 0);
}

TEST_F(EventsTest, SendsAtStartWhatWasLeftBehind) {
    host().on_publish([](const testing::PublishedEvent&) { return GH_E_CLOSED; });
    add("a");
    EXPECT_EQ(published(), Lines{});
    const auto next = start();
    next->advance(1min);
    EXPECT_EQ(published(*next), Lines{"counter/a 1"});
}

TEST_F(EventsTest, SendsNothingMoreOnceItDrains) {
    std::vector<std::string> sent;
    {
        auto draining = start();
        draining->on_publish([&](const testing::PublishedEvent& event) {
            sent.push_back(describe(event));
            return GH_OK;
        });
        add(*draining, "a");
        draining->advance(1s);
    }
    EXPECT_EQ(sent, Lines{"counter/a 1"});
    EXPECT_EQ(text("select holder from gh_relay"), "");
}

TEST_F(EventsTest, WaitsWhileAnotherProcessRelays) {
    host();
    const std::string other = "elsewhere|1|1|x";
    const auto until = to_unix_ms(host().wall_time() + 15s);
    database().write(
        [&](Transaction& tx) { tx.execute("update gh_relay set holder = $1, expires_at = $2", other, until); });
    add("a");
    host().advance(14s);
    EXPECT_EQ(published(), Lines{});
    host().advance(2s);
    EXPECT_EQ(published(), Lines{"counter/a 1"});
}

TEST_F(EventsTest, LargeBacklogsGoOutInPortions) {
    const std::string payload = R"({"value":")" + std::string(200'000, 'x') + "\"}";
    std::int64_t sent = 0;
    host().on_publish([&](const testing::PublishedEvent&) {
        ++sent;
        return GH_OK;
    });
    database().write([&](Transaction& tx) {
        for (int i = 0; i < 100; ++i) tx.publish_json("counter.changed", payload);
    });
    EXPECT_EQ(host().published().size(), 100U);
    EXPECT_EQ(sent, 100);
}

// Two generations, or two processes, with writers on both.
TEST_F(EventsTest, TwoRelaysAtOnceKeepTheOrderOfEachSubject) {
    constexpr int kEach = 60;
    std::vector<std::unique_ptr<TestHost>> hosts;
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> sent;  // by subject; first times only
    std::set<std::string> known;
    int calls = 0;
    for (int i = 0; i < 2; ++i) {
        hosts.push_back(start(R"({"batch_max":3})"));
        hosts.back()->on_publish([&](const testing::PublishedEvent& event) {
            const std::scoped_lock lock(mutex);
            if (known.insert(event.id).second) sent[event.subject].push_back(describe(event));
            return ++calls % 7 == 0 ? GH_E_TIMEOUT : GH_OK;  // the bus has it, but could not say so
        });
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (int k = 0; k < kEach; ++k) {
                add(*hosts[static_cast<std::size_t>(i % 2)], std::string(1, static_cast<char>('a' + k % 3)));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    while (count("gh_outbox where sent_at is null") > 0) {
        for (auto& host : hosts) host->advance(100ms);
    }
    for (const auto& subject : {"counter/a", "counter/b", "counter/c"}) {
        const auto& lines = sent[subject];
        ASSERT_EQ(lines.size(), 4U * kEach / 3);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            ASSERT_EQ(lines[i], subject + std::string(" ") + std::to_string(i + 1));
        }
    }
}

TEST_F(EventsTest, ForgetsSentEventsAfterSevenDays) {
    add("a");
    host().advance(24h * 6);
    add("b");
    EXPECT_EQ(count("gh_outbox"), 2);
    host().advance(26h);
    add("c");
    static_cast<void>(published());
    EXPECT_EQ(count("gh_outbox"), 2);
    EXPECT_EQ(count("gh_outbox where subject = 'counter/a'"), 0);
}

TEST_F(EventsTest, MeasuresTheBacklog) {
    host().on_publish([](const testing::PublishedEvent&) { return GH_E_CLOSED; });
    add("a");
    add("b");
    host().advance(2min);
    EXPECT_EQ(host().metric("events_outbox_backlog"), 2);
    EXPECT_GT(host().metric("events_outbox_oldest_age_seconds"), 60);
}

TEST(BackOffTest, DoublesUpToTheLongest) {
    EXPECT_EQ(events::back_off(1, 100ms, 5min), 100ms);
    EXPECT_EQ(events::back_off(2, 100ms, 5min), 200ms);
    EXPECT_EQ(events::back_off(10, 100ms, 5min), 51'200ms);
    EXPECT_EQ(events::back_off(13, 100ms, 5min), 5min);
    EXPECT_EQ(events::back_off(1'000'000, 100ms, 5min), 5min);
    EXPECT_EQ(events::back_off(1, 10min, 5min), 5min);
    for (int i = 0; i < 100; ++i) {
        EXPECT_GE(events::with_jitter(100ms), 100ms);
        EXPECT_LE(events::with_jitter(100ms), 125ms);
    }
}

TEST(HolderTest, KnowsWhenItsProcessHasEnded) {
    EXPECT_NE(events::make_holder(), events::make_holder());
    EXPECT_FALSE(events::is_gone(events::make_holder()));
    EXPECT_FALSE(events::is_gone(""));
    EXPECT_FALSE(events::is_gone("another machine|1|1|x"));
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string name = events::make_holder();
        static_cast<void>(!::write(ends[1], name.data(), name.size()));
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string name(512, '\0');
    const ssize_t size = ::read(ends[0], name.data(), name.size());
    ::close(ends[0]);
    ASSERT_GT(size, 0);
    name.resize(static_cast<std::size_t>(size));
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_TRUE(events::is_gone(name));
}

}  // namespace
}  // namespace gatehouse::events_test

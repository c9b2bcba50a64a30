// Over a real broker: tests/tools/with_rabbitmq runs this program.
#include "gateway/events/rabbit_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "gateway/config/event_bus_url.hpp"
#include "gateway/events/make_bus.hpp"
#include "tests/unit/gateway/events/test_events.hpp"

namespace gatehouse::events {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RabbitBusTest : public ::testing::Test {
protected:
    void SetUp() override {
        const char* const url = std::getenv("GATEHOUSE_TEST_RABBITMQ");
        const char* const password = std::getenv("GATEHOUSE_TEST_RABBITMQ_PASSWORD");
        ASSERT_TRUE(url != nullptr && password != nullptr) << "run by tests/tools/with_rabbitmq";
        const auto parsed = config::parse_event_bus(url);
        ASSERT_TRUE(parsed);
        options_.host = parsed->host;
        options_.port = parsed->port;
        options_.user = parsed->user;
        options_.password = password;
        // Each test has an exchange and queues of its own.
        const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
        options_.exchange = "test." + name;
        options_.queue_prefix = "test." + name + ".";
    }

    std::unique_ptr<RabbitBus> bus(TestSubscribers& subscribers, const Groups& groups) {
        auto made = std::make_unique<RabbitBus>(options_, subscribers, logger_);
        made->set_groups(groups);
        return made;
    }
    static Groups feed() { return {{"feed", {{"thing.changed"}, true}}}; }
    static observe::Logger::Options to_stderr() {
        observe::Logger::Options options;
        options.level = observe::LogLevel::error;
        return options;
    }

    RabbitOptions options_;
    observe::Logger logger_{to_stderr()};
};

TEST_F(RabbitBusTest, DeliversToEachServiceThatWantsTheType) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, {{"feed", {{"thing.changed"}, true}}, {"stats", {{"other"}, true}}});
    Event other = make_event("2", "a");
    other.type = "other";
    Event unwanted = make_event("3", "b");
    unwanted.type = "nobody.wants.it";
    EXPECT_THAT(publish(*bus, {make_event("1", "a"), other, unwanted}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(2), ::testing::UnorderedElementsAre("feed:1", "stats:2"));
    EXPECT_TRUE(bus->status().is_connected) << bus->status().problem;
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, KeepsTheOrderOfEachSubject) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    std::vector<Event> events;
    std::map<std::string, std::vector<std::string>> expected, got;
    for (int i = 0; i < 300; ++i) {
        const std::string subject = "s" + std::to_string(i % 7);
        events.push_back(make_event(subject + "-" + std::to_string(i), subject));
        expected[subject].push_back(events.back().id);
    }
    EXPECT_THAT(publish(*bus, events), Each(GH_OK));
    for (const std::string& line : subscribers.wait_for(300)) {
        const std::string id = line.substr(line.find(':') + 1);
        got[id.substr(0, id.find('-'))].push_back(id);
    }
    EXPECT_EQ(got, expected);
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, HoldsASubjectWhoseEventFailed) {
    std::atomic<int> failures{3};
    TestSubscribers subscribers([&](const std::string&, const Event& event) {
        return event.id == "1" && failures-- > 0 ? GH_E_UNAVAILABLE : GH_OK;
    });
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a"), make_event("2", "a"), make_event("3", "b")}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(3), ElementsAre("feed:3", "feed:1", "feed:2"));
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, KeepsEventsForAServiceThatIsNotRunning) {
    TestSubscribers subscribers;
    {
        const auto bus = this->bus(subscribers, {{"feed", {{"thing.changed"}, false}}});
        EXPECT_THAT(publish(*bus, {make_event("1", "a")}), Each(GH_OK));
        bus->stop(Clock::now() + 10s);
    }
    EXPECT_THAT(subscribers.done(), IsEmpty());
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(subscribers.wait_for(1), ElementsAre("feed:1"));
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, WhatWasNotProcessedComesToTheNextProcess) {
    TestSubscribers refusing([](const std::string&, const Event&) { return GH_E_UNAVAILABLE; });
    {
        const auto bus = this->bus(refusing, feed());
        EXPECT_THAT(publish(*bus, {make_event("1", "a"), make_event("2", "a")}), Each(GH_OK));
        while (refusing.tries() == 0) std::this_thread::sleep_for(1ms);
        bus->stop(Clock::now() + 10s);
    }
    TestSubscribers willing;
    const auto bus = this->bus(willing, feed());
    EXPECT_THAT(willing.wait_for(2), ElementsAre("feed:1", "feed:2"));
    EXPECT_EQ(willing.again(), 2u);
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, OneProcessOfAServiceAtATimeIsActive) {
    TestSubscribers first, second;
    const auto one = this->bus(first, feed());
    EXPECT_THAT(publish(*one, {make_event("1", "a")}), Each(GH_OK));
    EXPECT_THAT(first.wait_for(1), SizeIs(1));
    const auto other = this->bus(second, feed());
    EXPECT_THAT(publish(*other, {make_event("2", "a"), make_event("3", "b")}), Each(GH_OK));
    EXPECT_THAT(first.wait_for(3), SizeIs(3));
    one->stop(Clock::now() + 10s);
    EXPECT_THAT(publish(*other, {make_event("4", "a")}), Each(GH_OK));
    EXPECT_THAT(second.wait_for(1), ElementsAre("feed:4"));
    other->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, FollowsAChangeOfWishes) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a")}), Each(GH_OK));
    subscribers.wait_for(1);
    bus->set_groups({{"feed", {{"other"}, true}}});
    Event other = make_event("2", "a");
    other.type = "other";
    EXPECT_THAT(publish(*bus, {other}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(2), Contains("feed:2"));
    bus->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, ClassicQueuesWorkToo) {
    options_.quorum_queues = false;
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a")}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(1), SizeIs(1));
    bus->stop(Clock::now() + 10s);
    // A queue that is there with other properties is used as it is.
    options_.quorum_queues = true;
    const auto next = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*next, {make_event("2", "a")}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(2), Contains("feed:2"));
    next->stop(Clock::now() + 10s);
}

TEST_F(RabbitBusTest, SaysWhyItIsNotConnected) {
    options_.password = "wrong-hunter2";
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    BusStatus status = bus->status();
    for (int i = 0; i < 2000 && status.problem.empty(); ++i) {
        std::this_thread::sleep_for(10ms);
        status = bus->status();
    }
    EXPECT_FALSE(status.is_connected);
    EXPECT_FALSE(status.was_connected);
    EXPECT_THAT(status.problem, ::testing::HasSubstr("ACCESS_REFUSED"));
    EXPECT_THAT(status.problem, ::testing::Not(::testing::HasSubstr("hunter2")));
    EXPECT_THAT(publish(*bus, {make_event("1", "a")}, 50ms), Each(GH_E_TIMEOUT));
    const TimePoint begin = Clock::now();
    bus->stop(Clock::now() + 1s);
    EXPECT_LT(Clock::now() - begin, 15s);
}

}  // namespace
}  // namespace gatehouse::events

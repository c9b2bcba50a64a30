// Over librdkafka's own mock cluster, which speaks the protocol over sockets of this process.
#include "gateway/events/kafka_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>
#include <algorithm>

#include <atomic>

#include "tests/unit/gateway/events/test_events.hpp"

namespace gatehouse::events {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

class KafkaBusTest : public ::testing::Test {
protected:
    KafkaBusTest() {
        auto conf = kafka_configuration({}, {}, logger_);
        handle_ = std::move(*open_kafka(RD_KAFKA_PRODUCER, std::move(*conf)));
        cluster_ = rd_kafka_mock_cluster_new(handle_.get(), 1);
        options_.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
        rd_kafka_mock_topic_create(cluster_, options_.topic.c_str(), 4, 1);
    }
    ~KafkaBusTest() override { rd_kafka_mock_cluster_destroy(cluster_); }

    std::unique_ptr<KafkaBus> bus(TestSubscribers& subscribers, const Groups& groups) {
        auto made = std::make_unique<KafkaBus>(options_, subscribers, logger_);
        made->set_groups(groups);
        return made;
    }
    static Groups feed() { return {{"feed", {{"thing.changed"}, true}}}; }
    static observe::Logger::Options silent() {
        observe::Logger::Options options;
        options.to = observe::Logger::Target::none;
        return options;
    }

    observe::Logger logger_{silent()};
    KafkaPtr<rd_kafka_t> handle_;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
    KafkaOptions options_;
};

TEST_F(KafkaBusTest, DeliversToEachServiceThatWantsTheType) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, {{"feed", {{"thing.changed"}, true}}, {"stats", {{"other"}, true}}});
    Event other = make_event("2", "a");
    other.type = "other";
    EXPECT_THAT(publish(*bus, {make_event("1", "a"), other}), Each(GH_OK));
    EXPECT_THAT(subscribers.wait_for(2), ::testing::UnorderedElementsAre("feed:1", "stats:2"));
    EXPECT_TRUE(bus->status().is_connected);
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, KeepsTheOrderOfEachSubject) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    std::vector<Event> events;
    std::map<std::string, std::vector<std::string>> expected, got;
    for (int i = 0; i < 200; ++i) {
        const std::string subject = "s" + std::to_string(i % 20);
        events.push_back(make_event(subject + "-" + std::to_string(i), subject));
        expected[subject].push_back(events.back().id);
    }
    EXPECT_THAT(publish(*bus, events), Each(GH_OK));
    for (const std::string& line : subscribers.wait_for(200)) {
        const std::string id = line.substr(line.find(':') + 1);
        got[id.substr(0, id.find('-'))].push_back(id);
    }
    EXPECT_EQ(got, expected);
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, HoldsASubjectWhoseEventFailed) {
    std::atomic<int> failures{3};
    TestSubscribers subscribers([&](const std::string&, const Event& event) {
        return event.id == "1" && failures-- > 0 ? GH_E_UNAVAILABLE : GH_OK;
    });
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a"), make_event("2", "a"), make_event("3", "b")}), Each(GH_OK));
    const auto done = subscribers.wait_for(3);
    ASSERT_THAT(done, SizeIs(3));
    EXPECT_LT(std::find(done.begin(), done.end(), "feed:1"), std::find(done.begin(), done.end(), "feed:2"));
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, GoesOnWhereTheLastProcessHasStopped) {
    TestSubscribers first;
    {
        const auto bus = this->bus(first, feed());
        EXPECT_THAT(publish(*bus, {make_event("1", "a")}), Each(GH_OK));
        EXPECT_THAT(first.wait_for(1), ElementsAre("feed:1"));
        bus->stop(Clock::now() + 10s);
    }
    TestSubscribers second;
    const auto bus = this->bus(second, feed());
    EXPECT_THAT(publish(*bus, {make_event("2", "a")}), Each(GH_OK));
    EXPECT_THAT(second.wait_for(1), ElementsAre("feed:2"));
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, WhatWasNotProcessedComesToTheNextProcess) {
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
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, PausesWhileTooMuchIsInHand) {
    options_.in_hand = 4;
    Latch may_go;
    TestSubscribers subscribers([&](const std::string&, const Event&) {
        may_go.wait();
        return GH_OK;
    });
    const auto bus = this->bus(subscribers, feed());
    std::vector<Event> events;
    for (int i = 0; i < 100; ++i) events.push_back(make_event(std::to_string(i), "s" + std::to_string(i % 5)));
    EXPECT_THAT(publish(*bus, events), Each(GH_OK));
    while (subscribers.tries() == 0) std::this_thread::sleep_for(1ms);
    may_go.open();
    EXPECT_THAT(subscribers.wait_for(100), SizeIs(100));
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, PublishesOnceTheBrokerIsBack) {
    TestSubscribers subscribers;
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a")}), Each(GH_OK));
    rd_kafka_mock_broker_set_down(cluster_, 1);
    EXPECT_THAT(publish(*bus, {make_event("2", "a")}, 300ms), Each(GH_E_TIMEOUT));
    rd_kafka_mock_broker_set_up(cluster_, 1);
    EXPECT_THAT(publish(*bus, {make_event("2", "a"), make_event("3", "a")}, 60s), Each(GH_OK));
    // The one that timed out may have been sent: then it comes twice.
    auto done = subscribers.wait_for(3, 60s);
    if (std::find(done.begin(), done.end(), "feed:3") == done.end()) done = subscribers.wait_for(4, 60s);
    EXPECT_THAT(done, ::testing::IsSupersetOf({"feed:1", "feed:2", "feed:3"}));
    bus->stop(Clock::now() + 10s);
}

TEST_F(KafkaBusTest, StopsInTimeWithoutABroker) {
    TestSubscribers subscribers;
    options_.brokers = "127.0.0.1:1";
    const auto bus = this->bus(subscribers, feed());
    EXPECT_THAT(publish(*bus, {make_event("1", "a")}, 100ms), Each(Not(GH_OK)));
    EXPECT_FALSE(bus->status().was_connected);
    const TimePoint begin = Clock::now();
    bus->stop(Clock::now() + 1s);
    EXPECT_LT(Clock::now() - begin, 15s);
}

}  // namespace
}  // namespace gatehouse::events

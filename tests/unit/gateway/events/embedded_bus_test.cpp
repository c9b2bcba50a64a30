#include "gateway/events/embedded_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/gateway/events/test_events.hpp"

namespace gatehouse::events {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Groups kTwo{{"feed", {{"thing.changed"}, true}}, {"stats", {{"thing.changed", "other"}, true}}};

TEST(EmbeddedBusTest, CallsEverySubscriberInOrderOfNames) {
    TestSubscribers subscribers;
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups(kTwo);
    Event other = make_event("2", "a");
    other.type = "other";
    EXPECT_THAT(publish(bus, {make_event("1", "a"), other}), ElementsAre(GH_OK, GH_OK));
    EXPECT_THAT(subscribers.done(), ElementsAre("feed:1", "stats:1", "stats:2"));
}

TEST(EmbeddedBusTest, IsContentWithoutSubscribers) {
    TestSubscribers subscribers;
    EmbeddedBus bus(subscribers, nullptr);
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_OK));
}

TEST(EmbeddedBusTest, AFailedSubscriberFailsTheEventAndTheLaterOnesOfItsSubject) {
    TestSubscribers subscribers([](const std::string& service, const Event& event) {
        return service == "feed" && event.id == "1" ? GH_E_UNAVAILABLE : GH_OK;
    });
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups(kTwo);
    const auto results = publish(bus, {make_event("1", "a"), make_event("2", "b"), make_event("3", "a")});
    EXPECT_THAT(results, ElementsAre(GH_E_UNAVAILABLE, GH_OK, GH_E_STATE));
    EXPECT_THAT(subscribers.done(), ElementsAre("stats:1", "feed:2", "stats:2"));
}

TEST(EmbeddedBusTest, KnowsASecondTry) {
    std::atomic<int> tries{0};
    TestSubscribers subscribers(
        [&](const std::string&, const Event&) { return tries++ == 0 ? GH_E_UNAVAILABLE : GH_OK; });
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups({{"feed", {{"thing.changed"}, true}}});
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_E_UNAVAILABLE));
    EXPECT_EQ(subscribers.again(), 0u);
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_OK));
    EXPECT_EQ(subscribers.again(), 1u);
}

TEST(EmbeddedBusTest, DeliversOneSubjectOneAfterAnotherHoweverManyPublish) {
    std::atomic<int> inside{0};
    std::atomic<bool> met{false};
    TestSubscribers subscribers([&](const std::string&, const Event&) {
        if (inside.fetch_add(1) != 0) met = true;
        std::this_thread::yield();
        inside.fetch_sub(1);
        return GH_OK;
    });
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups(kTwo);
    std::vector<std::thread> publishers;
    for (int p = 0; p < 4; ++p) {
        publishers.emplace_back([&bus, p] {
            std::vector<Event> events;
            for (int i = 0; i < 200; ++i) events.push_back(make_event(std::to_string(p * 1000 + i), "a"));
            for (const gh_status result : publish(bus, events)) EXPECT_EQ(result, GH_OK);
        });
    }
    for (std::thread& publisher : publishers) publisher.join();
    EXPECT_FALSE(met);
    std::map<std::string, std::vector<std::string>> by_service;
    for (const std::string& line : subscribers.done()) {
        const std::size_t colon = line.find(':');
        by_service[line.substr(0, colon)].push_back(line.substr(colon + 1));
    }
    EXPECT_EQ(by_service["feed"].size(), 800u);
    EXPECT_EQ(by_service["feed"], by_service["stats"]);
}

TEST(EmbeddedBusTest, SubjectsDoNotWaitForEachOther) {
    Latch slow_may_end;
    TestSubscribers subscribers([&](const std::string&, const Event& event) {
        if (event.subject == "slow") slow_may_end.wait();
        return GH_OK;
    });
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups({{"feed", {{"thing.changed"}, true}}});
    std::thread slow([&] { publish(bus, {make_event("1", "slow")}); });
    EXPECT_THAT(publish(bus, {make_event("2", "fast")}), ElementsAre(GH_OK));
    slow_may_end.open();
    slow.join();
}

TEST(EmbeddedBusTest, GivesUpAtTheDeadline) {
    Latch entered, may_end;
    TestSubscribers subscribers([&](const std::string&, const Event&) {
        entered.open();
        may_end.wait();
        return GH_OK;
    });
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups({{"feed", {{"thing.changed"}, true}}});
    std::thread first([&] { publish(bus, {make_event("1", "a")}); });
    entered.wait();
    EXPECT_THAT(publish(bus, {make_event("2", "a")}, 20ms), ElementsAre(GH_E_TIMEOUT));
    EXPECT_THAT(publish(bus, {make_event("3", "a")}, -1ms), ElementsAre(GH_E_TIMEOUT));
    may_end.open();
    first.join();
    EXPECT_THAT(subscribers.done(), ElementsAre("feed:1"));
}

TEST(EmbeddedBusTest, IsClosedOnceStopped) {
    TestSubscribers subscribers;
    EmbeddedBus bus(subscribers, nullptr);
    bus.set_groups(kTwo);
    bus.stop(Clock::now());
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_E_CLOSED));
    EXPECT_THAT(subscribers.done(), IsEmpty());
}

// Services elsewhere, in memory.
class FakeRemote final : public RemoteSubscribers {
public:
    FakeRemote(bool& is_known, gh_status& answer, std::vector<std::string>& got)
        : is_known_(is_known), answer_(answer), got_(got) {}
    std::optional<std::vector<std::string>> wanting(const std::string&, TimePoint) override {
        if (!is_known_) return std::nullopt;
        return std::vector<std::string>{"far"};
    }
    gh_status deliver(const std::string& service, const Event& event, TimePoint) override {
        got_.push_back(service + ":" + event.id);
        return answer_;
    }
    std::string problem() const override { return is_known_ ? "" : "far is unknown"; }
    void stop() override {}

private:
    bool& is_known_;
    gh_status& answer_;
    std::vector<std::string>& got_;
};

TEST(EmbeddedBusTest, DeliversNothingUntilEveryServiceElsewhereIsKnown) {
    TestSubscribers subscribers;
    bool is_known = false;
    gh_status answer = GH_OK;
    std::vector<std::string> got;
    EmbeddedBus bus(subscribers, std::make_unique<FakeRemote>(is_known, answer, got));
    bus.set_groups({{"feed", {{"thing.changed"}, true}}});
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_E_UNAVAILABLE));
    EXPECT_THAT(subscribers.done(), IsEmpty());
    EXPECT_FALSE(bus.status().is_connected);
    is_known = true;
    EXPECT_THAT(publish(bus, {make_event("1", "a")}), ElementsAre(GH_OK));
    EXPECT_THAT(got, ElementsAre("far:1"));
    answer = GH_E_TIMEOUT;
    EXPECT_THAT(publish(bus, {make_event("2", "a")}), ElementsAre(GH_E_TIMEOUT));
}

}  // namespace
}  // namespace gatehouse::events

#include "gateway/events/publish_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/gateway/events/test_events.hpp"

namespace gatehouse::events {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// The test is the broker's thread.
class PublishWindowTest : public ::testing::Test {
protected:
    void publish(std::vector<Event> events, Duration timeout = 20s) {
        const std::size_t place = results_.size();
        {
            std::scoped_lock lock(mutex_);
            results_.emplace_back();
        }
        publishers_.emplace_back([this, events = std::move(events), timeout, place] {
            std::vector<gh_status> results(events.size(), GH_E_INTERNAL);
            window_.publish(events, Clock::now() + timeout, results);
            std::scoped_lock lock(mutex_);
            results_.at(place) = results;
        });
    }
    // Waits until the publishers have come.
    std::unique_ptr<PublishWindow::Item> take() {
        for (int i = 0; i < 2000; ++i) {
            if (auto item = window_.take()) return item;
            std::this_thread::sleep_for(1ms);
        }
        return nullptr;
    }
    std::vector<std::vector<gh_status>> results() {
        for (std::thread& publisher : publishers_) publisher.join();
        publishers_.clear();
        return results_;
    }

    PublishWindow window_{[] {}};
    std::mutex mutex_;
    std::vector<std::vector<gh_status>> results_;
    std::vector<std::thread> publishers_;
};

TEST_F(PublishWindowTest, SendsOneEventOfASubjectAtATime) {
    results_.reserve(1);
    publish({make_event("1", "a"), make_event("2", "a"), make_event("3", "b")});
    auto first = take();
    auto third = take();
    ASSERT_TRUE(first && third);
    EXPECT_EQ(first->index, 0u);
    EXPECT_EQ(third->index, 2u);
    EXPECT_EQ(window_.take(), nullptr);
    window_.finish(std::move(first), GH_OK);
    auto second = take();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->index, 1u);
    window_.finish(std::move(second), GH_OK);
    window_.finish(std::move(third), GH_E_UNAVAILABLE);
    EXPECT_THAT(results(), ElementsAre(ElementsAre(GH_OK, GH_OK, GH_E_UNAVAILABLE)));
}

TEST_F(PublishWindowTest, AFailureTakesTheLaterOnesOfTheSubjectWithIt) {
    publish({make_event("1", "a"), make_event("2", "a"), make_event("3", "")});
    window_.finish(take(), GH_E_UNAVAILABLE);
    window_.finish(take(), GH_OK);
    EXPECT_EQ(window_.take(), nullptr);
    EXPECT_THAT(results(), ElementsAre(ElementsAre(GH_E_UNAVAILABLE, GH_E_STATE, GH_OK)));
}

TEST_F(PublishWindowTest, WhatIsOnItsWayKeepsItsSubjectBusyAfterItsCallerHasLeft) {
    publish({make_event("1", "a"), make_event("2", "a")}, 50ms);
    auto first = take();
    ASSERT_TRUE(first);
    EXPECT_THAT(results(), ElementsAre(ElementsAre(GH_E_TIMEOUT, GH_E_TIMEOUT)));
    publish({make_event("1", "a")});
    for (int i = 0; i < 2000 && window_.waiting() == 0; ++i) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(window_.take(), nullptr);
    window_.finish(std::move(first), GH_OK);
    window_.finish(take(), GH_OK);
    EXPECT_THAT(results().back(), ElementsAre(GH_OK));
}

TEST_F(PublishWindowTest, BoundsWhatIsOnItsWay) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < kBatchMax; ++i) events.push_back(make_event(std::to_string(i), ""));
    publish(events);
    std::vector<std::unique_ptr<PublishWindow::Item>> items;
    items.push_back(take());
    while (auto item = window_.take()) items.push_back(std::move(item));
    EXPECT_THAT(items, SizeIs(PublishWindow::kOnTheirWayMax));
    for (auto& item : items) window_.finish(std::move(item), GH_OK);
    window_.close();
    results();
}

TEST_F(PublishWindowTest, ClosingFailsWhatWaits) {
    publish({make_event("1", "a"), make_event("2", "b")});
    auto first = take();
    window_.close();
    window_.finish(std::move(first), GH_OK);
    EXPECT_THAT(results(), ElementsAre(ElementsAre(GH_OK, GH_E_CLOSED)));
    publish({make_event("3", "c")});
    EXPECT_THAT(results().back(), Each(GH_E_CLOSED));
}

}  // namespace
}  // namespace gatehouse::events

#include "gateway/events/lanes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/gateway/events/test_events.hpp"

namespace gatehouse::events {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class LanesTest : public ::testing::Test {
protected:
    // As soon as somebody asks for lanes: with that answer of the subscribers.
    Lanes& lanes(TestSubscribers::Answer answer = nullptr, std::size_t workers = 2) {
        subscribers_ = std::make_unique<TestSubscribers>(std::move(answer));
        lanes_ = std::make_unique<Lanes>("feed", workers, *subscribers_, [this](const Lanes::Delivery& delivery) {
            std::scoped_lock lock(mutex_);
            finished_.push_back(delivery.tag);
            changed_.notify_all();
        });
        return *lanes_;
    }
    static Lanes::Delivery delivery(std::uint64_t tag, const std::string& subject) {
        return {make_event(std::to_string(tag), subject), tag, 1, Subscribers::Attempt::first};
    }
    std::vector<std::uint64_t> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [&] { return finished_.size() >= count; });
        return finished_;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::uint64_t> finished_;
    std::unique_ptr<TestSubscribers> subscribers_;
    std::unique_ptr<Lanes> lanes_;
};

TEST_F(LanesTest, KeepsTheOrderOfASubject) {
    Lanes& lanes = this->lanes(nullptr, 4);
    std::vector<std::uint64_t> expected;
    for (std::uint64_t tag = 1; tag <= 500; ++tag) {
        lanes.add(delivery(tag, "a"));
        expected.push_back(tag);
    }
    EXPECT_EQ(wait_for(500), expected);
    EXPECT_TRUE(lanes.wait_until_idle(Clock::now() + 20s));  // it lets go of an event after telling that it is finished
    EXPECT_EQ(lanes.size(), 0u);
}

TEST_F(LanesTest, HoldsTheSubjectOfAFailedEventAndGoesOnWithOthers) {
    std::atomic<int> tries{0};
    Lanes& lanes = this->lanes([&](const std::string&, const Event& event) {
        return event.id == "1" && tries++ < 2 ? GH_E_UNAVAILABLE : GH_OK;
    });
    lanes.add(delivery(1, "a"));
    lanes.add(delivery(2, "a"));
    lanes.add(delivery(3, "b"));
    EXPECT_THAT(wait_for(3), ElementsAre(3, 1, 2));
    EXPECT_EQ(subscribers_->again(), 2u);
}

TEST_F(LanesTest, EventsWithoutASubjectWaitForNobody) {
    Latch may_end;
    Lanes& lanes = this->lanes([&](const std::string&, const Event& event) {
        if (event.id == "1") may_end.wait();
        return GH_OK;
    });
    lanes.add(delivery(1, ""));
    lanes.add(delivery(2, ""));
    EXPECT_THAT(wait_for(1), ElementsAre(2));
    may_end.open();
    EXPECT_THAT(wait_for(2), ElementsAre(2, 1));
}

TEST_F(LanesTest, WhatComesAgainRunsAfterWhatStillRuns) {
    Latch entered, may_end;
    std::atomic<int> inside{0}, most{0};
    Lanes& lanes = this->lanes([&](const std::string&, const Event& event) {
        most = std::max(most.load(), ++inside);
        if (event.id == "1") {
            entered.open();
            may_end.wait();
        }
        --inside;
        return GH_OK;
    });
    lanes.add(delivery(1, "a"));
    lanes.add(delivery(2, "a"));
    entered.wait();
    lanes.forget_waiting();  // the connection is lost: 1 runs, 2 waits
    EXPECT_EQ(lanes.size(), 1u);
    lanes.add(delivery(11, "a"));
    lanes.add(delivery(12, "a"));
    EXPECT_FALSE(lanes.wait_until_idle(Clock::now() + 10ms));
    may_end.open();
    EXPECT_THAT(wait_for(3), ElementsAre(1, 11, 12));
    EXPECT_EQ(most, 1);
}

TEST_F(LanesTest, AForgottenEventThatFailsIsNotTriedAgain) {
    Latch entered, may_end;
    Lanes& lanes = this->lanes([&](const std::string&, const Event&) {
        entered.open();
        may_end.wait();
        return GH_E_UNAVAILABLE;
    });
    lanes.add(delivery(1, "a"));
    entered.wait();
    lanes.forget_waiting();
    may_end.open();
    EXPECT_TRUE(lanes.wait_until_idle(Clock::now() + 20s));
    EXPECT_EQ(lanes.size(), 0u);
    EXPECT_THAT(wait_for(0), IsEmpty());
}

TEST_F(LanesTest, StopsAfterWhatRuns) {
    Latch entered, may_end;
    Lanes& lanes = this->lanes(
        [&](const std::string&, const Event&) {
            entered.open();
            may_end.wait();
            return GH_OK;
        },
        1);
    lanes.add(delivery(1, "a"));
    lanes.add(delivery(2, "b"));
    entered.wait();
    std::thread stopping([&] { EXPECT_TRUE(lanes.stop(Clock::now() + 20s)); });
    may_end.open();
    stopping.join();
    EXPECT_LE(wait_for(1).size(), 2u);
    lanes.add(delivery(3, "c"));
    EXPECT_THAT(subscribers_->done(), ::testing::Not(::testing::Contains("feed:3")));
}

}  // namespace
}  // namespace gatehouse::events

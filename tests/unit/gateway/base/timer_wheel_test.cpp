#include "gateway/base/timer_wheel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace gatehouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TimePoint kStart{std::chrono::hours(1)};

// An entry that runs a function when it fires.
class Timer {
public:
    explicit Timer(std::function<void()> action) : action_(std::move(action)) {}
    TimerWheel::Entry& entry() { return entry_; }

private:
    static void fire(void* context) { static_cast<Timer*>(context)->action_(); }
    std::function<void()> action_;
    TimerWheel::Entry entry_{&Timer::fire, this};
};

class TimerWheelTest : public ::testing::Test {
protected:
    TimerWheel wheel_{kStart};
    std::vector<int> fired_;
    Timer one_{[this] { fired_.push_back(1); }};
    Timer two_{[this] { fired_.push_back(2); }};
};

TEST_F(TimerWheelTest, FiresNeitherEarlyNorMoreThanATickLate) {
    wheel_.schedule(one_.entry(), kStart + 25ms);
    wheel_.advance(kStart + 24ms);
    EXPECT_THAT(fired_, IsEmpty());
    wheel_.advance(kStart + 25ms + TimerWheel::kTick);
    EXPECT_THAT(fired_, ElementsAre(1));
    EXPECT_FALSE(one_.entry().is_scheduled());
}

TEST_F(TimerWheelTest, FiresOnce) {
    wheel_.schedule(one_.entry(), kStart + 10ms);
    wheel_.advance(kStart + 1s);
    wheel_.advance(kStart + 10s);
    EXPECT_THAT(fired_, ElementsAre(1));
}

TEST_F(TimerWheelTest, TreatsAPastDeadlineAsTheNextTick) {
    wheel_.advance(kStart + 5s);
    wheel_.schedule(one_.entry(), kStart + 1s);
    EXPECT_THAT(fired_, IsEmpty());
    wheel_.advance(kStart + 5s + TimerWheel::kTick);
    EXPECT_THAT(fired_, ElementsAre(1));
}

TEST_F(TimerWheelTest, FollowsADeadlineThatMovesLater) {
    wheel_.schedule(one_.entry(), kStart + 20ms);
    wheel_.schedule(one_.entry(), kStart + 10s);
    wheel_.advance(kStart + 9s);
    EXPECT_THAT(fired_, IsEmpty());
    EXPECT_TRUE(one_.entry().is_scheduled());
    wheel_.advance(kStart + 10s + TimerWheel::kTick);
    EXPECT_THAT(fired_, ElementsAre(1));
}

TEST_F(TimerWheelTest, FollowsADeadlineThatMovesEarlier) {
    wheel_.schedule(one_.entry(), kStart + 10s);
    wheel_.schedule(one_.entry(), kStart + 20ms);
    wheel_.advance(kStart + 30ms);
    EXPECT_THAT(fired_, ElementsAre(1));
}

TEST_F(TimerWheelTest, KeepsLaterRoundsOfASlotApart) {
    constexpr Duration kRound = 512 * TimerWheel::kTick;
    wheel_.schedule(one_.entry(), kStart + 50ms);
    wheel_.schedule(two_.entry(), kStart + 50ms + kRound);
    wheel_.advance(kStart + 100ms);
    EXPECT_THAT(fired_, ElementsAre(1));
    wheel_.advance(kStart + 100ms + kRound);
    EXPECT_THAT(fired_, ElementsAre(1, 2));
}

TEST_F(TimerWheelTest, MissesNothingInALongPause) {
    wheel_.schedule(one_.entry(), kStart + 50ms);
    wheel_.schedule(two_.entry(), kStart + 1h);
    wheel_.advance(kStart + 2h);
    EXPECT_THAT(fired_, ::testing::UnorderedElementsAre(1, 2));
}

TEST_F(TimerWheelTest, CancelsAndForgetsDestroyedEntries) {
    wheel_.schedule(one_.entry(), kStart + 20ms);
    wheel_.cancel(one_.entry());
    wheel_.cancel(one_.entry());
    {
        Timer gone([this] { fired_.push_back(3); });
        wheel_.schedule(gone.entry(), kStart + 20ms);
    }
    wheel_.advance(kStart + 1s);
    EXPECT_THAT(fired_, IsEmpty());
    EXPECT_EQ(wheel_.next_wakeup(), std::nullopt);
}

TEST_F(TimerWheelTest, LetsCallbacksChangeTheirSlot) {
    auto victim = std::make_unique<Timer>([this] { fired_.push_back(9); });
    Timer again([this] { fired_.push_back(4); });
    Timer killer([&] {
        victim.reset();
        wheel_.cancel(two_.entry());
        wheel_.schedule(again.entry(), kStart);
    });
    wheel_.schedule(victim->entry(), kStart + 20ms);
    wheel_.schedule(two_.entry(), kStart + 20ms);
    wheel_.schedule(killer.entry(), kStart + 20ms);  // the last one in comes first
    wheel_.advance(kStart + 30ms);
    EXPECT_THAT(fired_, IsEmpty());
    wheel_.advance(kStart + 60ms);
    EXPECT_THAT(fired_, ElementsAre(4));
}

TEST_F(TimerWheelTest, LetsACallbackScheduleItselfAgainWithoutSpinning) {
    Timer* self = nullptr;
    Timer repeating([&] {
        fired_.push_back(5);
        wheel_.schedule(self->entry(), kStart);
    });
    self = &repeating;
    wheel_.schedule(repeating.entry(), kStart + 20ms);
    wheel_.advance(kStart + 30ms);
    EXPECT_THAT(fired_, ElementsAre(5));
}

TEST_F(TimerWheelTest, NamesTheNextWakeup) {
    EXPECT_EQ(wheel_.next_wakeup(), std::nullopt);
    wheel_.schedule(one_.entry(), kStart + 25ms);
    EXPECT_EQ(wheel_.next_wakeup(), kStart + 30ms);
    wheel_.schedule(one_.entry(), kStart + 1h);
    EXPECT_LE(*wheel_.next_wakeup(), kStart + 1h + TimerWheel::kTick);
}

TEST_F(TimerWheelTest, TakesTheEndOfTimeForADeadline) {
    wheel_.schedule(one_.entry(), TimePoint::max());
    wheel_.advance(kStart + 1h);
    EXPECT_THAT(fired_, IsEmpty());
    EXPECT_TRUE(one_.entry().is_scheduled());
}

TEST_F(TimerWheelTest, MayDieBeforeItsEntries) {
    Timer timer([] {});
    {
        TimerWheel wheel(kStart);
        wheel.schedule(timer.entry(), kStart + 1s);
    }
    EXPECT_FALSE(timer.entry().is_scheduled());
}

// A thousand timers that move about at random, against the plain rule.
TEST_F(TimerWheelTest, KeepsThePromiseUnderRandomMoves) {
    std::minstd_rand random(7);
    TimePoint now = kStart;
    std::vector<std::unique_ptr<Timer>> timers;
    for (int i = 0; i < 1000; ++i) {
        timers.push_back(std::make_unique<Timer>([&, i] {
            const TimePoint deadline = timers[i]->entry().deadline();
            EXPECT_LE(deadline, now);
            EXPECT_GT(deadline, now - 3 * TimerWheel::kTick - 7ms);
        }));
    }
    for (int step = 0; step < 5000; ++step) {
        Timer& timer = *timers[random() % timers.size()];
        if (random() % 8 == 0) {
            wheel_.cancel(timer.entry());
        } else {
            wheel_.schedule(timer.entry(), now + std::chrono::milliseconds(random() % 12'000));
        }
        now += std::chrono::milliseconds(random() % 8);
        wheel_.advance(now);
    }
}

}  // namespace
}  // namespace gatehouse

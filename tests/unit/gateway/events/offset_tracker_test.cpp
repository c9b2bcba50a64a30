#include "gateway/events/offset_tracker.hpp"

#include <gtest/gtest.h>

namespace gatehouse::events {
namespace {

TEST(OffsetTrackerTest, CommitsWhatHasNothingUnfinishedBeforeIt) {
    OffsetTracker tracker;
    EXPECT_FALSE(tracker.take_position());
    for (const std::int64_t offset : {5, 6, 9}) tracker.begin(offset);
    tracker.finish(6);
    EXPECT_FALSE(tracker.take_position());
    tracker.finish(5);
    EXPECT_EQ(tracker.take_position(), 7);
    EXPECT_FALSE(tracker.take_position());
    tracker.finish(9);
    tracker.finish(100);
    EXPECT_EQ(tracker.take_position(), 10);
}

TEST(OffsetTrackerTest, KnowsTheVeryFirstPosition) {
    OffsetTracker tracker;
    tracker.begin(0);
    tracker.finish(0);
    EXPECT_EQ(tracker.take_position(), 1);
}

}  // namespace
}  // namespace gatehouse::events

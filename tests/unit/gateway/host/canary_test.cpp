// A new generation that is asked before it takes over: by probes, and by a share of the requests.
#include "gateway/host/canary.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

TEST(LatenciesTest, PutsEachTimeIntoABucketThatEndsAtMostAQuarterLater) {
    for (const auto us : {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 1'000, 999'999, 1'000'000, 60'000'000}) {
        const Duration took = std::chrono::microseconds(us);
        const Duration end = Latencies::end_of(Latencies::bucket_of(took));
        EXPECT_GT(end, took) << us;
        EXPECT_LE(end, std::chrono::microseconds(us + us / 4 + 1)) << us;
    }
    EXPECT_EQ(Latencies::bucket_of(std::chrono::hours(1'000)), Latencies::kBuckets - 1);
}

TEST(LatenciesTest, TellsWhatNinetyNineOfAHundredTook) {
    Latencies latencies;
    EXPECT_EQ(latencies.p99(), Duration::zero());
    latencies.counts[Latencies::bucket_of(1ms)] = 99;
    latencies.counts[Latencies::bucket_of(1s)] = 1;
    EXPECT_LT(latencies.p99(), 2ms);
    latencies.counts[Latencies::bucket_of(1s)] = 2;
    EXPECT_GE(latencies.p99(), 1s);
    EXPECT_EQ(latencies.since(latencies).total(), 0u);
}

class CanaryTest : public HostFixture {
protected:
    std::shared_ptr<Generation> prepare(std::vector<std::string> probes = {}) {
        PluginSpec spec{"probe", fixture("probe"), "{}", 2, 8};
        spec.probes = std::move(probes);
        auto loaded = host_->load(spec);
        if (!loaded) return nullptr;
        auto prepared = host_->prepare(*loaded, host_->find("probe"));
        why_ = prepared ? "" : prepared.error().message;
        return prepared ? *prepared : nullptr;
    }
    void answer(const std::shared_ptr<Generation>& generation, int count, int status, Duration took = 1ms) {
        for (int i = 0; i < count; ++i) {
            TestCarrier carrier(*loops_[1], generation, "GET", "/inline");
            carrier.set_told_status(status);
            carrier.set_took(took);
            carrier.send().get();
        }
    }
    std::string why_;
};

TEST_F(CanaryTest, ServesWhileItIsTriedAndLeavesWhenItIsWithdrawn) {
    const auto old = start("probe", "probe");
    const auto canary = prepare();
    ASSERT_TRUE(canary);
    EXPECT_EQ(canary->state(), State::canary);
    EXPECT_EQ(host_->find("probe"), old);
    answer(canary, 1, 200);
    host_->withdraw(canary);
    const TimePoint until = Clock::now() + 20s;
    while (canary->state() != State::unmapped && Clock::now() < until) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(canary->state(), State::unmapped);
    EXPECT_EQ(host_->find("probe"), old);
}

struct Trial {
    const char* name;
    int old_good, old_bad, good, bad;
    Duration old_took, took;
    const char* objection;
};

class CanaryTrialTest : public CanaryTest, public ::testing::WithParamInterface<Trial> {};

TEST_P(CanaryTrialTest, ObjectsToWhatIsWorseThanBefore) {
    const Trial& given = GetParam();
    const auto old = start("probe", "probe");
    answer(old, 50, 500);  // before the trial: does not count
    const auto canary = prepare();
    ASSERT_TRUE(canary);
    const CanaryTrial trial(old, canary, {.percent = 10, .answers_min = 4});
    answer(old, given.old_good, 200, given.old_took);
    answer(old, given.old_bad, 500, given.old_took);
    answer(canary, given.good, 200, given.took);
    answer(canary, given.bad, 503, given.took);
    EXPECT_EQ(trial.objection(), given.objection);
    host_->withdraw(canary);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CanaryTrialTest,
    ::testing::Values(
        Trial{"AsGood", 30, 0, 30, 0, 1ms, 1ms, ""}, Trial{"TooFewAnswers", 30, 0, 0, 3, 1ms, 1ms, ""},
        Trial{"Errors", 30, 0, 27, 3, 1ms, 1ms, "3 of 30 answers of the canary are 5xx, 0 of 30 of the old generation"},
        Trial{"ErrorsAsBefore", 15, 15, 15, 15, 1ms, 1ms, ""}, Trial{"ALittleWorse", 40, 0, 38, 2, 1ms, 1ms, ""},
        Trial{"NoOtherAnswers", 0, 0, 0, 4, 1ms, 1ms,
              "4 of 4 answers of the canary are 5xx, 0 of 0 of the old generation"},
        Trial{"Slow", 30, 0, 30, 0, 100ms, 300ms,
              "99 of 100 answers of the canary take up to 327 ms, of the old generation 114 ms"},
        Trial{"SlowByLittle", 30, 0, 30, 0, 1ms, 4ms, ""}, Trial{"SlowButRarelyAsked", 30, 0, 10, 0, 1ms, 1s, ""}),
    [](const auto& row) { return row.param.name; });

TEST_F(CanaryTest, ObjectsToWhatBlocksALoop) {
    const auto old = start("probe", "probe");
    const auto canary = prepare();
    ASSERT_TRUE(canary);
    const CanaryTrial trial(old, canary, {.percent = 10});
    canary->breaker().open();
    EXPECT_EQ(trial.objection(), "it blocks an event loop");
    host_->withdraw(canary);
}

TEST_F(CanaryTest, TakesTimesOnlyWhileItIsCompared) {
    const auto old = start("probe", "probe");
    const auto canary = prepare();
    {
        const CanaryTrial trial(old, canary, {.percent = 10});
        EXPECT_TRUE(old->is_timed());
        EXPECT_TRUE(canary->is_timed());
    }
    EXPECT_FALSE(old->is_timed());
    EXPECT_FALSE(canary->is_timed());
    host_->withdraw(canary);
}

TEST_F(CanaryTest, IsReadyWhenItsProbesAreAnswered) { EXPECT_TRUE(prepare({"/inline", "/later", "/secret"})) << why_; }

TEST_F(CanaryTest, IsRefusedWhenAProbeFails) {
    const auto old = start("probe", "probe");
    EXPECT_FALSE(prepare({"/inline", "/nothing-here"}));
    EXPECT_NE(why_.find("GET /nothing-here answers 404"), std::string::npos) << why_;
    EXPECT_EQ(host_->find("probe"), old);
    EXPECT_EQ(host_->status().size(), 1u);
}

TEST_F(CanaryTest, IsRefusedWhenAProbeIsNotAnswered) {
    const auto old = start("probe", "probe");
    EXPECT_FALSE(prepare({"/never"}));
    EXPECT_NE(why_.find("GET /never is not answered in time"), std::string::npos) << why_;
    EXPECT_EQ(host_->find("probe"), old);
}

}  // namespace
}  // namespace gatehouse::host

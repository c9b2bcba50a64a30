// One generation taking over from another while requests are under way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

class ReloadTest : public HostFixture {
protected:
    ReloadPolicy quick() {
        ReloadPolicy policy;
        policy.observe = 0s;
        policy.drain = 10s;
        policy.streams = 10s;
        policy.grace = 0s;
        return policy;
    }
    std::shared_ptr<Generation> load_next(const std::string& config = "{}") {
        auto loaded = host_->load({"probe", fixture("probe"), config, 2, 8});
        EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
        return loaded ? *loaded : nullptr;
    }
    // The next generation serves, the one before is led to its end.
    std::shared_ptr<Generation> replace(const std::shared_ptr<Generation>& before, const std::string& config = "{}") {
        auto next = host_->prepare(load_next(config), before);
        EXPECT_TRUE(next) << (next ? "" : next.error().message);
        EXPECT_EQ(host_->take_over(*next), before);
        host_->retire(before, *next);
        return *next;
    }
    void wait_for(const std::shared_ptr<Generation>& generation, State state) {
        const TimePoint until = Clock::now() + 20s;
        while (generation->state() != state && Clock::now() < until) std::this_thread::sleep_for(1ms);
        EXPECT_EQ(generation->state(), state) << "it is " << to_string(generation->state());
    }
    Outcome request(const std::shared_ptr<Generation>& generation, const std::string& path) {
        TestCarrier carrier(*loops_[1], generation, "GET", path);
        return carrier.send().get();
    }
};

TEST_F(ReloadTest, UnmapsTheGenerationThatWasReplaced) {
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    const auto second = replace(first);
    wait_for(first, State::unmapped);
    EXPECT_EQ(request(second, "/inline").body, "inline");
    EXPECT_EQ(host_->find("probe"), second);
    EXPECT_EQ(host_->counts().unmapped, 1u);
    EXPECT_EQ(host_->status().size(), 1u);
}

TEST_F(ReloadTest, LetsARequestThatIsUnderWayEndInTheGenerationThatBeganIt) {
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    TestCarrier carrier(*loops_[0], first, "GET", "/never");
    auto outcome = carrier.send();
    while (first->in_flight() == 0) std::this_thread::yield();
    const auto second = replace(first);
    wait_for(first, State::draining);
    EXPECT_EQ(request(second, "/inline").body, "inline");
    EXPECT_EQ(first->state(), State::draining);
    carrier.cancel();
    outcome.get();
    wait_for(first, State::unmapped);
}

TEST_F(ReloadTest, ServesWhatWasRoutedToAWarmGeneration) {
    const auto first = start("probe", "probe");
    const auto second = replace(first);
    EXPECT_EQ(first->state(), State::warm);
    EXPECT_EQ(request(first, "/inline").body, "inline");
    EXPECT_EQ(request(first, "/later").body, "later");
    EXPECT_EQ(second->state(), State::active);
}

TEST_F(ReloadTest, GoesBackToTheWarmGeneration) {
    const auto first = start("probe", "probe");
    const auto second = replace(first);
    const auto revived = host_->revive("probe");
    ASSERT_EQ(revived, first);
    EXPECT_EQ(host_->take_over(revived), second);
    host_->retire(second, revived);
    EXPECT_EQ(first->state(), State::active);
    EXPECT_EQ(host_->find("probe"), first);
    EXPECT_EQ(request(first, "/inline").body, "inline");
    EXPECT_EQ(host_->revive("probe"), second);
}

TEST_F(ReloadTest, WaitsForABodyThatStillArrives) {
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    std::optional<Generation::Place> place;
    run_on(*loops_[0], [&] { place.emplace(*first, *loops_[0]); });
    ASSERT_TRUE(*place);
    replace(first);
    wait_for(first, State::draining);
    EXPECT_EQ(first->holding(), std::vector<std::string>{"1 requests whose body is still arriving"});
    // What has a place is still served.
    TestCarrier carrier(*loops_[0], first, "GET", "/inline");
    carrier.set_place(&*place);
    EXPECT_EQ(carrier.send().get().body, "inline");
    run_on(*loops_[0], [&] { place.reset(); });
    wait_for(first, State::unmapped);
}

TEST_F(ReloadTest, GivesNoPlaceInAGenerationThatEnds) {
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    TestCarrier carrier(*loops_[0], first, "GET", "/never");
    auto outcome = carrier.send();
    while (first->in_flight() == 0) std::this_thread::yield();
    replace(first);
    wait_for(first, State::draining);
    run_on(*loops_[0], [&] {
        const Generation::Place place(*first, *loops_[0]);
        EXPECT_FALSE(place);
    });
    TestCarrier late(*loops_[0], first, "GET", "/inline");
    EXPECT_EQ(late.send().get().dispatch, Dispatch::draining);
    carrier.cancel();
    outcome.get();
}

TEST_F(ReloadTest, CancelsWhatIsLeftAtTheDrainDeadlineButStreamsLater) {
    ReloadPolicy policy = quick();
    policy.drain = 0s;
    policy.streams = 60s;
    host_->set_policy(policy);
    const auto first = start("probe", "probe");
    TestCarrier plain(*loops_[0], first, "GET", "/never"), stream(*loops_[1], first, "GET", "/never");
    stream.set_stream();
    auto plain_outcome = plain.send(), stream_outcome = stream.send();
    while (first->in_flight() < 2) std::this_thread::yield();
    replace(first);
    EXPECT_EQ(plain_outcome.get().code, 0);
    EXPECT_EQ(first->state(), State::draining);
    EXPECT_EQ(stream_outcome.wait_for(300ms), std::future_status::timeout);
    stream.cancel();
    stream_outcome.get();
    wait_for(first, State::unmapped);
}

TEST_F(ReloadTest, LoadsNothingMoreWhenTooManyGenerationsStayInMemory) {
    make_host(nullptr, {}, 500ms);
    ReloadPolicy policy = quick();
    policy.pinned_max = 1;
    host_->set_policy(policy);
    const auto first = start("probe", "probe");
    ASSERT_FALSE(host_->load({"probe", fixture("create_hangs")}));
    const auto refused = host_->load({"probe", fixture("probe")});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("restart the gateway"), std::string::npos) << refused.error().message;
    EXPECT_EQ(request(first, "/inline").body, "inline");
}

TEST_F(ReloadTest, PinsAPluginThatHangsInCreateAndLoadsTheNextOne) {
    make_host(nullptr, {}, 500ms);
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    const auto refused = host_->load({"probe", fixture("create_hangs")});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("create hangs"), std::string::npos) << refused.error().message;
    EXPECT_EQ(host_->counts().pinned, 1u);
    EXPECT_EQ(first->state(), State::active);
    const auto second = replace(first);
    wait_for(first, State::unmapped);
    EXPECT_EQ(request(second, "/inline").body, "inline");
}

TEST_F(ReloadTest, LeavesTheOldOneAloneWhenTheNewOneIsRefused) {
    const auto first = start("probe", "probe");
    for (const char* const bad : {"create_fails", "start_fails", "health_fails", "unknown_tail", "no_note"}) {
        auto loaded = host_->load({"probe", fixture(bad)});
        if (loaded) {
            EXPECT_FALSE(host_->prepare(*loaded, first)) << bad;
        }
        EXPECT_EQ(host_->find("probe"), first);
        EXPECT_EQ(request(first, "/inline").body, "inline");
    }
    EXPECT_EQ(host_->status().size(), 1u);
}

TEST_F(ReloadTest, TellsWhenTheNewGenerationFailsAndTheOldOneIsWarm) {
    std::promise<std::string> told;
    make_host(nullptr, [&](const std::string& service, std::uint32_t, const std::string& why) {
        told.set_value(service + ": " + why);
    });
    ReloadPolicy policy;
    policy.rollback_percent = 50;
    policy.rollback_answers = 4;
    host_->set_policy(policy);
    const auto first = start("probe", "probe");
    const auto second = replace(first);
    for (int i = 0; i < 4; ++i) {
        TestCarrier carrier(*loops_[1], second, "GET", "/inline");
        carrier.set_told_status(i == 0 ? 200 : 500);
        carrier.send().get();
    }
    auto why = told.get_future();
    ASSERT_EQ(why.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(why.get(), "probe: 3 of 4 answers are 5xx");
}

TEST_F(ReloadTest, TellsWhenTheNewGenerationBlocksALoopAndTheOldOneIsWarm) {
    std::promise<std::string> told;
    make_host(nullptr, [&](const std::string&, std::uint32_t, const std::string& why) { told.set_value(why); });
    const auto second = replace(start("probe", "probe"));
    second->breaker().open();  // as the watchdog does
    auto why = told.get_future();
    ASSERT_EQ(why.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(why.get(), "it blocks an event loop");
}

TEST_F(ReloadTest, BoundsTheGenerationsThatRunAtATime) {
    ReloadPolicy policy = quick();
    policy.live_max = 3;
    policy.drain = 100ms;
    policy.streams = 60s;
    host_->set_policy(policy);
    std::shared_ptr<Generation> serving = start("probe", "probe");
    std::vector<std::unique_ptr<TestCarrier>> streams;
    std::vector<std::future<Outcome>> outcomes;
    for (int i = 0; i < 4; ++i) {
        auto& stream = streams.emplace_back(std::make_unique<TestCarrier>(*loops_[0], serving, "GET", "/never"));
        stream->set_stream();
        outcomes.push_back(stream->send());
        while (serving->in_flight() == 0) std::this_thread::yield();
        serving = replace(serving);
        EXPECT_LE(host_->status().size(), 4u);
    }
    // The oldest ones had to give way, long before their own deadline.
    EXPECT_EQ(outcomes[0].wait_for(0s), std::future_status::ready);
    for (auto& stream : streams) stream->cancel();
    for (auto& outcome : outcomes) outcome.get();
}

TEST_F(ReloadTest, KeepsTheLastCopiesOfEndedGenerations) {
    ReloadPolicy policy = quick();
    policy.copies_kept = 2;
    host_->set_policy(policy);
    std::shared_ptr<Generation> serving = start("probe", "probe");
    for (int i = 0; i < 5; ++i) {
        const auto before = serving;
        serving = replace(before);
        wait_for(before, State::unmapped);
    }
    const TimePoint until = Clock::now() + 10s;
    while (temporary_.files().size() != 3 && Clock::now() < until) std::this_thread::sleep_for(1ms);
    EXPECT_THAT(temporary_.files(), testing::SizeIs(3));
    EXPECT_TRUE(host_->copy_before(*serving).empty());  // all of one build
}

TEST_F(ReloadTest, HandsStateOverToTheNextGeneration) {
    host_->set_policy(quick());
    const auto first = start("probe", "probe");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(request(first, "/count").body, std::to_string(i + 1));
    const auto second = replace(first);
    EXPECT_EQ(request(second, "/count").body, "4");
}

// Requests on both loops without a pause while one generation follows the other.
TEST_F(ReloadTest, LosesNoRequestWhileGenerationsFollowOneAnother) {
    ReloadPolicy policy = quick();
    policy.observe = 5ms;
    host_->set_policy(policy);
    std::shared_ptr<Generation> serving = start("probe", "probe");
    std::atomic<bool> is_over{false};
    std::atomic<std::size_t> answered{0}, failed{0};
    std::vector<std::thread> clients;
    for (const char* const path : {"/inline", "/later", "/who"}) {
        clients.emplace_back([&, path, loop = loops_[answered % kLoops].get()] {
            while (!is_over) {
                const auto generation = host_->find("probe");
                TestCarrier carrier(*loop, generation, "GET", path);
                const Outcome outcome = carrier.send().get();
                if (outcome.dispatch == Dispatch::draining) continue;  // a session asks the successor
                ++(outcome.dispatch == Dispatch::started && outcome.code == 200 ? answered : failed);
            }
        });
    }
    for (int i = 0; i < 100; ++i) serving = replace(serving);
    is_over = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(failed, 0u);
    EXPECT_GT(answered, 100u);
    EXPECT_EQ(host_->counts().pinned, 0u);
}

}  // namespace
}  // namespace gatehouse::host

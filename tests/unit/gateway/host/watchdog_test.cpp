#include "gateway/host/watchdog.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <condition_variable>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

using Kind = Watchdog::Event::Kind;

// What the plugin waits for; let go at the end in any case.
class Latch final {
public:
    Latch() {
        if (::pipe2(pipe_.data(), O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
    }
    ~Latch() {
        ::close(pipe_[0]);
        if (pipe_[1] >= 0) ::close(pipe_[1]);
    }
    Latch(const Latch&) = delete;
    Latch& operator=(const Latch&) = delete;
    void release() { EXPECT_EQ(::write(pipe_[1], "x", 1), 1); }
    std::string path(const std::string& route) const { return "/" + route + "/" + std::to_string(pipe_[0]); }

private:
    std::array<int, 2> pipe_{-1, -1};
};

class WatchdogTest : public HostFixture {
protected:
    WatchdogTest() { trouble_ = start("trouble", "trouble"); }
    ~WatchdogTest() override { watchdog_.reset(); }

    void watch(Watchdog::Limits limits) {
        watchdog_ = std::make_unique<Watchdog>(
            Watchdog::Options{loop_pointers_, limits, [this](const Generation* wanted) { return host_->hold(wanted); },
                              [this](const Watchdog::Event& event) { note(event); }});
    }
    void note(const Watchdog::Event& event) {
        std::scoped_lock lock(mutex_);
        events_.push_back(event);
        noted_.notify_all();
    }
    // The first event of that kind; waits for it.
    Watchdog::Event wait_for(Kind kind) {
        std::unique_lock lock(mutex_);
        Watchdog::Event found;
        EXPECT_TRUE(noted_.wait_for(lock, std::chrono::seconds(30), [&] {
            for (const auto& event : events_) {
                if (event.kind != kind) continue;
                found = event;
                return true;
            }
            return false;
        }));
        return found;
    }
    std::size_t count(Kind kind) {
        std::scoped_lock lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(events_.begin(), events_.end(), [&](const auto& event) { return event.kind == kind; }));
    }
    // On the loop that does not hang.
    Outcome ask(const std::string& path) {
        TestCarrier carrier(*loops_[0], trouble_, "GET", path);
        return carrier.send().get();
    }
    void wait_until(StallBreaker::State state) {
        while (trouble_->breaker().state() != state) std::this_thread::yield();
    }

    static constexpr Watchdog::Limits kQuick{2ms, 10ms, 40ms, 20ms};
    static constexpr Watchdog::Limits kPatient{2ms, 10ms, 1h, 1h};

    std::mutex mutex_;
    std::condition_variable noted_;
    std::vector<Watchdog::Event> events_;
    std::shared_ptr<Generation> trouble_;
    std::unique_ptr<Watchdog> watchdog_;
};

TEST_F(WatchdogTest, NamesPluginRouteAndRequestWhileTheLoopIsStuck) {
    watch(kPatient);
    Latch latch;
    TestCarrier stuck(*loops_[1], trouble_, "GET", latch.path("hang"));
    stuck.set_request_id("the-request");
    auto outcome = stuck.send();
    const auto event = wait_for(Kind::stalled);
    EXPECT_EQ(event.generation, trouble_);
    EXPECT_EQ(event.loop, 1u);
    EXPECT_EQ(event.activity, Activity::handler);
    EXPECT_EQ(event.route, "GET /hang/{fd}");
    EXPECT_EQ(event.request_id, "the-request");
    EXPECT_GE(event.lasted, kPatient.stalled);
    EXPECT_EQ(outcome.wait_for(0ms), std::future_status::timeout);
    latch.release();
    EXPECT_EQ(outcome.get().body, "back");
    EXPECT_EQ(count(Kind::slow), 1u);
    EXPECT_EQ(count(Kind::stalled), 1u);
    EXPECT_EQ(trouble_->breaker().stalls(), 1u);
    EXPECT_EQ(trouble_->breaker().state(), StallBreaker::State::closed);
}

TEST_F(WatchdogTest, SeesATimerThatHangs) {
    watch(kPatient);
    Latch latch;
    TestCarrier stuck(*loops_[1], trouble_, "GET", latch.path("hang-timer"));
    auto outcome = stuck.send();
    const auto event = wait_for(Kind::stalled);
    EXPECT_EQ(event.generation, trouble_);
    EXPECT_EQ(event.activity, Activity::timer);
    EXPECT_EQ(event.route, "");
    latch.release();
    outcome.get();
}

TEST_F(WatchdogTest, OpensTheBreakerUntilTheLoopIsBackAndAProbeHasReturned) {
    watch(kQuick);
    Latch latch;
    TestCarrier stuck(*loops_[1], trouble_, "GET", latch.path("hang"));
    auto outcome = stuck.send();
    EXPECT_EQ(wait_for(Kind::broken).generation, trouble_);
    EXPECT_EQ(ask("/fine").dispatch, Dispatch::stalled);
    EXPECT_EQ(ask("/fine-blocking").dispatch, Dispatch::stalled);
    EXPECT_EQ(count(Kind::half_open), 0u);  // while it hangs there is no way back
    latch.release();
    outcome.get();
    wait_for(Kind::half_open);
    EXPECT_EQ(ask("/fine").body, "fine");
    EXPECT_EQ(trouble_->breaker().state(), StallBreaker::State::closed);
    EXPECT_EQ(ask("/fine-blocking").body, "fine");
}

TEST_F(WatchdogTest, ClosesTheBreakerByItselfWhenNobodyAsks) {
    watch(kQuick);
    Latch latch;
    TestCarrier stuck(*loops_[1], trouble_, "GET", latch.path("hang"));
    auto outcome = stuck.send();
    wait_for(Kind::broken);
    latch.release();
    outcome.get();
    wait_until(StallBreaker::State::closed);
    EXPECT_EQ(ask("/fine").body, "fine");
}

TEST_F(WatchdogTest, LeavesOtherPluginsAlone) {
    const auto other = start("probe", "probe");
    watch(kQuick);
    Latch latch;
    TestCarrier stuck(*loops_[1], trouble_, "GET", latch.path("hang"));
    auto outcome = stuck.send();
    wait_for(Kind::broken);
    TestCarrier carrier(*loops_[0], other, "GET", "/inline");
    EXPECT_EQ(carrier.send().get().body, "inline");
    latch.release();
    outcome.get();
}

TEST_F(WatchdogTest, TellsOfALoopThatIsStuckOutsideOfPlugins) {
    watch(kQuick);
    while (loops_[1]->context().stopped()) std::this_thread::yield();
    std::promise<void> go_on;
    const auto block = [&] { loops_[1]->post([waiting = go_on.get_future().share()] { waiting.wait(); }); };
    block();
    const auto event = wait_for(Kind::loop_stuck);
    EXPECT_EQ(event.loop, 1u);
    EXPECT_EQ(event.generation, nullptr);
    go_on.set_value();
    EXPECT_EQ(count(Kind::stalled), 0u);
}

TEST_F(WatchdogTest, IsQuietAboutManyShortCalls) {
    watch({200ms, 1h, 1h, 1h});
    for (int i = 0; i < 2000; ++i) EXPECT_EQ(ask("/fine").body, "fine");
    EXPECT_EQ(count(Kind::slow), 0u);
}

TEST(StallBreakerTest, LetsOneProbeThroughWhileHalfOpen) {
    StallBreaker breaker;
    EXPECT_TRUE(breaker.admits_on_loop());
    breaker.returned();
    breaker.open();
    EXPECT_FALSE(breaker.admits_on_loop());
    EXPECT_FALSE(breaker.admits_blocking());
    breaker.half_open();
    EXPECT_TRUE(breaker.admits_blocking());
    EXPECT_TRUE(breaker.admits_on_loop());
    EXPECT_FALSE(breaker.admits_on_loop());
    breaker.open();  // the probe hangs too
    breaker.returned();
    EXPECT_EQ(breaker.state(), StallBreaker::State::open);
}

}  // namespace
}  // namespace gatehouse::host

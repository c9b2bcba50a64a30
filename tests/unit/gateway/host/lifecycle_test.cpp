#include "gateway/host/lifecycle.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

class LifecycleTest : public HostFixture {
protected:
    std::string refusal(const std::string& name) {
        auto loaded = host_->load({"bad", fixture(name)});
        if (!loaded) return loaded.error().message;
        const auto started = host_->start(*loaded);
        return started ? std::string() : started.error().message;
    }
    Outcome request(const std::shared_ptr<Generation>& generation, std::string method, std::string path,
                    std::string body = {}) {
        TestCarrier carrier(*loops_[1], generation, std::move(method), std::move(path), std::move(body));
        return carrier.send().get();
    }
};

TEST_F(LifecycleTest, AnswersInlineLaterAndFromAWorker) {
    const auto probe = start("probe", "probe");
    EXPECT_EQ(request(probe, "GET", "/inline").body, "inline");
    EXPECT_EQ(request(probe, "GET", "/later").body, "later");
    EXPECT_EQ(request(probe, "POST", "/echo", "hello").body, "hello");
    EXPECT_EQ(probe->in_flight(), 0u);
}

TEST_F(LifecycleTest, LoadsTheSameFileTwiceAsTwoGenerations) {
    const auto first = start("probe", "one");
    const auto second = start("probe", "two");
    EXPECT_NE(first->number(), second->number());
    EXPECT_NE(first->routes().routes()[0].self, second->routes().routes()[0].self);
    EXPECT_NE(reinterpret_cast<void*>(first->routes().routes()[0].handle),
              reinterpret_cast<void*>(second->routes().routes()[0].handle));
}

TEST_F(LifecycleTest, UnmapsTheFileAtTheEnd) {
    const auto probe = start("probe", "probe");
    host_->stop_all(Clock::now() + 1s);
    EXPECT_EQ(probe->state(), State::unmapped);
}

TEST_F(LifecycleTest, ReleasesAHoldWhenThePluginDrains) {
    const auto probe = start("probe", "probe", R"({"hold": true})");
    host_->stop_all(Clock::now() + 1s);
    EXPECT_EQ(probe->state(), State::unmapped);
}

TEST_F(LifecycleTest, CancelsWhatIsInFlightAtTheDrainDeadline) {
    const auto probe = start("probe", "probe");
    TestCarrier carrier(*loops_[0], probe, "GET", "/never");
    auto outcome = carrier.send();
    while (probe->in_flight() == 0) std::this_thread::yield();
    host_->stop_all(Clock::now());
    EXPECT_EQ(outcome.get().code, 0);
    EXPECT_EQ(probe->state(), State::unmapped);
}

TEST_F(LifecycleTest, PinsAPluginThatNeverLetsGoOfARequest) {
    const auto probe = start("probe", "probe");
    TestCarrier carrier(*loops_[0], probe, "GET", "/stubborn");
    auto outcome = carrier.send();
    while (probe->in_flight() == 0) std::this_thread::yield();
    std::thread stopper([&] { host_->stop_all(Clock::now()); });
    stopper.join();
    EXPECT_EQ(probe->state(), State::pinned);
    carrier.abort(nullptr);  // its code is still mapped, so a late end is harmless
    outcome.get();
}

// As a call between services does it: the handler runs on this thread, and goes on after the answer has ended the
// request. Meanwhile `on_reply` happens.
class DirectCarrier final : public gh_request {
public:
    DirectCarrier(Generation& generation, std::function<void()> on_reply)
        : generation_(generation), on_reply_(std::move(on_reply)) {}
    Dispatch send(const std::string& path) {
        Captures captures;
        if (generation_.routes().find("GET", path, route_, captures) != PluginMatch::found) ADD_FAILURE() << path;
        gh_request_view view{};
        view.size = sizeof(view);
        return generation_.dispatch_here(*route_, *this, view);
    }
    gh_status reply(const gh_response& response) noexcept override {
        if (response.body.release != nullptr) response.body.release(response.body.owner);
        generation_.ended_here(*route_);
        on_reply_();
        return GH_OK;
    }
    gh_status start(const gh_response&) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status write(gh_bytes, gh_done, void*) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status finish(const gh_kv*, std::size_t) noexcept override { return GH_E_UNSUPPORTED; }
    void abort(const gh_error*) noexcept override {}
    gh_status read(gh_bytes*, gh_read_done, void*) noexcept override { return GH_END; }
    gh_status on_cancel(gh_done, void*) noexcept override { return GH_OK; }
    IoLoop* loop() noexcept override { return nullptr; }

private:
    Generation& generation_;
    std::function<void()> on_reply_;
    const PluginRoute* route_ = nullptr;
};

TEST_F(LifecycleTest, IsNotUnloadedWhileACallersThreadIsInsideAHandler) {
    const auto probe = start("probe", "probe");
    std::future<void> stopped;
    DirectCarrier carrier(*probe, [&] {
        stopped = std::async(std::launch::async, [&] { host_->stop_all(Clock::now() + 10s); });
        EXPECT_EQ(stopped.wait_for(200ms), std::future_status::timeout);
    });
    EXPECT_EQ(carrier.send("/who"), Dispatch::started);
    stopped.get();
    EXPECT_EQ(probe->state(), State::unmapped);
}

TEST_F(LifecycleTest, BoundsRequestsInFlightPerRoute) {
    const auto probe = start("probe", "probe");
    TestCarrier first(*loops_[0], probe, "GET", "/one");
    auto waiting = first.send();
    while (probe->in_flight() == 0) std::this_thread::yield();
    EXPECT_EQ(request(probe, "GET", "/one").dispatch, Dispatch::too_many_in_flight);
    first.cancel();
    waiting.get();
    TestCarrier next(*loops_[0], probe, "GET", "/one");
    auto again = next.send();
    next.cancel();
    EXPECT_EQ(again.get().dispatch, Dispatch::started);
}

TEST_F(LifecycleTest, RunsNoBlockingHandlerForARequestThatIsAlreadyLate) {
    const auto probe = start("probe", "probe");
    TestCarrier late(*loops_[0], probe, "POST", "/echo", "too late");
    late.set_deadline(Clock::now() - 1ms);
    EXPECT_EQ(late.send().get().code, 0);  // aborted, not answered
    TestCarrier in_time(*loops_[0], probe, "POST", "/echo", "in time");
    in_time.set_deadline(Clock::now() + 1h);
    EXPECT_EQ(in_time.send().get().body, "in time");
    EXPECT_EQ(probe->in_flight(), 0u);
}

TEST_F(LifecycleTest, RefusesRequestsOnceDraining) {
    const auto probe = start("probe", "probe");
    host_->stop_all(Clock::now() + 1s);
    TestCarrier carrier(*loops_[0], probe, "GET", "/inline");
    EXPECT_NE(probe->state(), State::active);
}

TEST_F(LifecycleTest, TellsWhyAPluginIsRefused) {
    const std::pair<const char*, const char*> cases[] = {
        {"small_table", "smaller than ABI 1.0"},   {"other_id", "disagree on its id"},
        {"create_fails", "the colour is missing"}, {"start_fails", "the database is away"},
        {"health_fails", "health failed"},         {"unknown_tail", "a feature that this host lacks"},
        {"route_conflict", "conflicts with /x"},   {"needs_more", "gh.teleport/1"},
        {"no_note", "no Gatehouse plugin"},        {"needs_a_colour", "colour"},
    };
    for (const auto& [name, reason] : cases) {
        const std::string message = refusal(name);
        EXPECT_NE(message.find(reason), std::string::npos) << name << ": " << message;
    }
}

TEST_F(LifecycleTest, KeepsItsCopiesInAPrivateDirectoryAndRemovesThem) {
    start("probe", "probe");
    std::size_t copies = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
        const auto mode = entry.status().permissions() & std::filesystem::perms::all;
        if (entry.is_directory()) {
            EXPECT_EQ(mode, std::filesystem::perms::owner_all);
        } else {
            ++copies;
            EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        }
    }
    EXPECT_EQ(copies, 1u);
    host_.reset();
    EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

}  // namespace
}  // namespace gatehouse::host

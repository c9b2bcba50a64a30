#include "gateway/events/events_extension.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/events/embedded_bus.hpp"
#include "tests/unit/gateway/events/test_events.hpp"
#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::events {
namespace {

using ::testing::ElementsAre;

// Plugins that subscribe, over the embedded bus; the test is told of each delivery.
class EventsExtensionTest : public host::HostFixture {
protected:
    EventsExtensionTest() {
        observe::Logger::Options silent;
        silent.to = observe::Logger::Target::none;
        logger_ = std::make_unique<observe::Logger>(silent);
        events_ = std::make_unique<EventsExtension>(*logger_, metrics_);
        events_->use(std::make_unique<EmbeddedBus>(*events_, nullptr));
        events_->open();
        host_.reset();
        host::PluginHost::Options options{directory_, loop_pointers_, &telemetry_, nullptr, std::chrono::seconds(5)};
        options.extensions = {events_.get()};
        options.policy.observe = 0s;
        options.policy.grace = 0s;
        host_ = std::make_unique<host::PluginHost>(std::move(options));
    }
    ~EventsExtensionTest() override {
        events_->stop(Clock::now() + 5s);
        host_.reset();
    }

    std::string config() {
        return "{\"sink\":" + std::to_string(reinterpret_cast<std::uintptr_t>(&EventsExtensionTest::on_event)) +
               ",\"self\":" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "}";
    }
    static gh_status on_event(void* self, const char* version, const gh_event* event) {
        auto& test = *static_cast<EventsExtensionTest*>(self);
        const std::string id(event->id.ptr, event->id.len);
        {
            std::scoped_lock lock(test.mutex_);
            test.got_.push_back({version, id});
        }
        return test.answer_ ? test.answer_(id) : GH_OK;
    }
    gh_status publish_one(const std::string& id, const std::string& subject = "a", Duration timeout = 20s) {
        gh_status result = GH_E_INTERNAL;
        static_cast<void>(events_->publish("posts", {make_event(id, subject)}, Clock::now() + timeout, &result));
        return result;
    }
    host::Outcome post(const std::shared_ptr<host::Generation>& generation, const std::string& path,
                       const std::string& body) {
        host::TestCarrier carrier(*loop_pointers_[0], generation, "POST", path, body);
        return carrier.send().get();
    }

    struct Got {
        std::string version, id;
        bool operator==(const Got&) const = default;
    };
    observe::Metrics metrics_{kLoops};
    std::unique_ptr<observe::Logger> logger_;
    std::unique_ptr<EventsExtension> events_;
    std::mutex mutex_;
    std::vector<Got> got_;
    std::function<gh_status(const std::string& id)> answer_;
};

TEST_F(EventsExtensionTest, CarriesAnEventFromOnePluginToTheOthersAndItself) {
    const auto publisher = start("subscriber_1", "posts", config());
    start("subscriber_1", "feed", config());
    EXPECT_EQ(post(publisher, "/publish", "e1").code, 204);
    EXPECT_THAT(got_, ElementsAre(Got{"1.0.0", "e1"}, Got{"1.0.0", "e1"}));
    std::string text;
    metrics_.write(text);
    EXPECT_NE(text.find(R"(gatehouse_events_published_total{service="posts",type="thing.changed"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find(R"(gatehouse_events_delivered_total{service="feed",type="thing.changed"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find(R"(gatehouse_events_bus_connected{bus="embedded"} 1)"), std::string::npos);
}

TEST_F(EventsExtensionTest, RefusesToPublishOnALoop) {
    const auto publisher = start("subscriber_1", "posts", config());
    EXPECT_EQ(post(publisher, "/publish-on-loop", "e1").code, 503);
    EXPECT_TRUE(got_.empty());
}

TEST_F(EventsExtensionTest, RefusesToPublishWithinAHandler) {
    const auto publisher = start("subscriber_1", "posts", config());
    EXPECT_EQ(post(publisher, "/publish", "outer").code, 204);
    EXPECT_THAT(got_, ElementsAre(Got{"refused", "outer"}));
}

TEST_F(EventsExtensionTest, PublishesNothingBeforeItIsOpen) {
    EventsExtension closed(*logger_, metrics_);
    closed.use(std::make_unique<EmbeddedBus>(closed, nullptr));
    gh_status result = GH_OK;
    EXPECT_EQ(closed.publish("posts", {make_event("1", "a")}, Clock::now() + 5s, &result), GH_E_UNAVAILABLE);
    EXPECT_EQ(result, GH_E_UNAVAILABLE);
    closed.open();
    EXPECT_EQ(closed.publish("posts", {make_event("1", "a")}, Clock::now() + 5s, &result), GH_OK);
}

TEST_F(EventsExtensionTest, ChecksWhatIsPublished) {
    std::vector<Event> events = {make_event("1", "a"), make_event("", "b"), make_event("3", "b"), make_event("4", "c")};
    events[3].data = "{";
    std::vector<gh_status> results(4, GH_E_INTERNAL);
    EXPECT_EQ(events_->publish("posts", events, Clock::now() + 5s, results.data()), GH_E_INVALID);
    EXPECT_THAT(results, ElementsAre(GH_OK, GH_E_INVALID, GH_E_STATE, GH_E_INVALID));
}

TEST_F(EventsExtensionTest, WaitsForASubscriberThatIsNotActiveYet) {
    auto loaded = host_->load({"feed", host::fixture("subscriber_1"), config(), 2, 8});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(publish_one("1", "a", 50ms), GH_E_UNAVAILABLE);
    std::thread publisher([&] { EXPECT_EQ(publish_one("2"), GH_OK); });
    ASSERT_TRUE(host_->start(*loaded));
    publisher.join();
    EXPECT_THAT(got_, ElementsAre(Got{"1.0.0", "2"}));
}

TEST_F(EventsExtensionTest, LosesAndReordersNothingWhileTheSubscriberIsReloaded) {
    constexpr int kReloads = 10;
    auto active = start("subscriber_1", "feed", config());
    std::atomic<bool> stop{false};
    std::atomic<int> published{0};
    std::thread publisher([&] {
        while (!stop) {
            const int next = published + 1;
            if (publish_one(std::to_string(next)) != GH_OK) continue;  // as an outbox would
            published = next;
        }
    });
    for (int i = 0; i < kReloads; ++i) {
        auto loaded =
            host_->load({"feed", host::fixture(i % 2 == 0 ? "subscriber_2" : "subscriber_1"), config(), 2, 8});
        ASSERT_TRUE(loaded) << loaded.error().message;
        auto prepared = host_->prepare(*loaded, active);
        ASSERT_TRUE(prepared) << prepared.error().message;
        auto before = host_->take_over(*prepared);
        host_->retire(std::move(before), *prepared);
        active = *prepared;
        const int now = published;
        while (published < now + 20) std::this_thread::yield();
    }
    stop = true;
    publisher.join();
    std::scoped_lock lock(mutex_);
    int next = 1;
    for (const Got& got : got_) {
        if (std::stoi(got.id) == next - 1) continue;  // again: its inbox drops it
        EXPECT_EQ(std::stoi(got.id), next);
        ++next;
    }
    EXPECT_EQ(next - 1, published);
}

TEST_F(EventsExtensionTest, KeepsTheGenerationUntilItsHandlerHasReturned) {
    Latch entered, may_end;
    answer_ = [&](const std::string& id) {
        if (id == "1") {
            entered.open();
            may_end.wait();
        }
        return GH_OK;
    };
    auto old = start("subscriber_1", "feed", config());
    std::thread publisher([&] { EXPECT_EQ(publish_one("1", "a"), GH_OK); });
    entered.wait();
    auto loaded = host_->load({"feed", host::fixture("subscriber_2"), config(), 2, 8});
    ASSERT_TRUE(loaded);
    auto prepared = host_->prepare(*loaded, old);
    ASSERT_TRUE(prepared);
    auto before = host_->take_over(*prepared);
    const std::weak_ptr<host::Generation> watched = old;
    old.reset();
    host_->retire(std::move(before), *prepared);
    EXPECT_EQ(publish_one("2", "b"), GH_OK);
    EXPECT_EQ(got_.back(), (Got{"2.0.0", "2"}));
    EXPECT_FALSE(watched.expired());
    may_end.open();
    publisher.join();
}

TEST_F(EventsExtensionTest, DropsTheWishesOfAPluginThatNeverStarted) {
    auto loaded = host_->load({"feed", host::fixture("subscriber_1"), config(), 2, 8});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(events_->groups().size(), 1u);
    host_->discard(*loaded);
    EXPECT_EQ(events_->groups().size(), 0u);
    EXPECT_EQ(publish_one("1"), GH_OK);
}

}  // namespace
}  // namespace gatehouse::events

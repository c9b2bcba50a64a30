// Event streams: framing, many clients, slow clients, clients that leave, and the end of a generation.
#include <gatehouse/service.hpp>
#include <gatehouse/sse.hpp>
#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;
using gatehouse::testing::Answer;
using gatehouse::testing::PendingAnswer;
using gatehouse::testing::TestHost;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kRetry = "retry: 2000\n\n";

EventStreamOptions small() {
    EventStreamOptions options;
    options.events_max = 4;
    options.bytes_max = 64;
    return options;
}

int counting = 0;

class Feed final : public Service {
public:
    explicit Feed(Context& context) : events_(context, small()) {
        context.get("/feed", &Feed::follow).on_loop();
        context.get("/count/{to:int}", &Feed::count).on_loop();
        context.get("/watch", &Feed::watch).on_loop();
        context.post("/publish", &Feed::publish);
    }
    void follow(StreamingRequest request) {
        events_.add(std::move(request), [](EventStream& stream) {
            if (!stream.last_event_id().empty()) stream.push(ServerEvent("since " + stream.last_event_id()));
        });
    }
    task<> count(StreamingRequest request, PathParam<std::int64_t> to) {
        EventStream stream = events_.open(std::move(request));
        ++counting;
        try {
            for (std::int64_t i = 0; i < *to; ++i) {
                co_await stream.send(ServerEvent(std::to_string(i)).id(std::to_string(i)));
                co_await sleep_for(1s);
            }
        } catch (...) {
            --counting;
            throw;
        }
        --counting;
    }
    task<> watch(StreamingRequest request) {
        EventStream stream = events_.open(std::move(request));
        ++counting;
        try {
            co_await stream.closed();
        } catch (const Canceled&) {
            --counting;
        }
    }
    void publish(const Request& request) { events_.publish(ServerEvent(request.body())); }

private:
    EventStreams events_;
};

class SseTest : public ::testing::Test {
protected:
    SseTest() : host(std::make_unique<TestHost>(plugin_table<Feed>("feed", "1.0.0"))) { counting = 0; }
    ~SseTest() override {
        host.reset();
        EXPECT_EQ(counting, 0);
    }
    void publish(const std::string& text) {
        host->request("POST", "/publish").body(text).send();
        host->advance(0ms);
    }
    std::unique_ptr<TestHost> host;
};

TEST(ServerEventTest, IsFramedByTheStandard) {
    EXPECT_EQ(ServerEvent("x").frame(), "data: x\n\n");
    EXPECT_EQ(ServerEvent("").frame(), "data: \n\n");
    EXPECT_EQ(ServerEvent("a\nb\r\nc\rd\n").frame(), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
    EXPECT_EQ(ServerEvent("x").type("added").id("7").frame(), "event: added\nid: 7\ndata: x\n\n");
    EXPECT_THROW(static_cast<void>(ServerEvent("x").id("1\ndata: forged")), std::logic_error);
    EXPECT_THROW(static_cast<void>(ServerEvent("x").type("a\rb")), std::logic_error);
    EXPECT_THROW(static_cast<void>(ServerEvent("x").id(std::string_view("a\0b", 3))), std::logic_error);
}

TEST_F(SseTest, ReachesEveryClient) {
    auto one = host->request("GET", "/feed").begin();
    auto two = host->request("GET", "/feed").header("Last-Event-ID", "41").begin();
    EXPECT_EQ(one.so_far().header("content-type"), "text/event-stream");
    EXPECT_EQ(one.so_far().header("cache-control"), "no-store");
    EXPECT_EQ(host->metric("sse_streams"), 2);
    publish("hello");
    EXPECT_EQ(one.so_far().body, std::string(kRetry) + "data: hello\n\n");
    EXPECT_EQ(two.so_far().body, std::string(kRetry) + "data: since 41\n\ndata: hello\n\n");
}

TEST_F(SseTest, SaysSomethingWhenItIsQuiet) {
    auto client = host->request("GET", "/feed").begin();
    host->advance(16s);
    host->advance(15s);
    EXPECT_THAT(client.so_far().body, EndsWith(":\n\n"));
    const std::size_t quiet = client.so_far().body.size();
    publish("busy");
    host->advance(14s);
    EXPECT_EQ(client.so_far().body.size(), quiet + std::string("data: busy\n\n").size());
}

TEST_F(SseTest, DropsAClientThatIsTooSlow) {
    auto slow = host->request("GET", "/feed").begin();
    auto quick = host->request("GET", "/feed").begin();
    slow.stop_reading();
    for (int i = 0; i < 6; ++i) publish(std::to_string(i));
    EXPECT_TRUE(slow.so_far().aborted);
    EXPECT_FALSE(quick.is_ended());
    EXPECT_THAT(quick.so_far().body, EndsWith("data: 5\n\n"));
    EXPECT_EQ(host->metric("sse_dropped_total", {"slow"}), 1);
    EXPECT_EQ(host->metric("sse_streams"), 1);
}

TEST_F(SseTest, BoundsOctetsToo) {
    auto slow = host->request("GET", "/feed").begin();
    slow.stop_reading();
    publish("x");
    publish(std::string(100, 'y'));
    EXPECT_TRUE(slow.is_ended());
}

TEST_F(SseTest, GoesOnWhenASlowClientCatchesUp) {
    auto client = host->request("GET", "/feed").begin();
    client.stop_reading();
    for (int i = 0; i < 4; ++i) publish(std::to_string(i));
    client.read_on();
    EXPECT_FALSE(client.is_ended());
    EXPECT_THAT(client.so_far().body, EndsWith("data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n"));
}

TEST_F(SseTest, ForgetsAClientThatLeaves) {
    auto client = host->request("GET", "/feed").begin();
    client.cancel();
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(host->metric("sse_streams"), 0);
    publish("nobody");
}

TEST_F(SseTest, EndsWithTheTask) {
    const Answer answer = host->request("GET", "/count/2").send();
    EXPECT_EQ(answer.body, std::string(kRetry) + "id: 0\ndata: 0\n\nid: 1\ndata: 1\n\nretry: 100\n\n");
    EXPECT_FALSE(answer.aborted);
}

TEST_F(SseTest, WaitsForASlowClient) {
    auto client = host->request("GET", "/count/100").begin();
    client.stop_reading();
    host->advance(10s);
    const std::size_t held = client.so_far().body.size();
    host->advance(10s);
    EXPECT_EQ(client.so_far().body.size(), held);
    client.read_on();
    host->advance(10s);
    EXPECT_GT(client.so_far().body.size(), held);
}

TEST_F(SseTest, CancelsATaskWhoseClientIsGone) {
    auto counter = host->request("GET", "/count/100").begin();
    auto watcher = host->request("GET", "/watch").begin();
    auto blocked = host->request("GET", "/count/100").begin();
    blocked.stop_reading();
    host->advance(2s);
    EXPECT_EQ(counting, 3);
    counter.cancel();
    watcher.cancel();
    blocked.cancel();
    EXPECT_EQ(counting, 0);
    EXPECT_TRUE(counter.is_ended());
    EXPECT_TRUE(watcher.is_ended());
    EXPECT_TRUE(blocked.is_ended());
}

TEST_F(SseTest, SendsClientsAwayWhenTheGenerationDrains) {
    auto feed = host->request("GET", "/feed").begin();
    auto watcher = host->request("GET", "/watch").begin();
    host->drain();
    EXPECT_TRUE(feed.is_ended());
    EXPECT_TRUE(watcher.is_ended());
    EXPECT_FALSE(feed.so_far().aborted);
    EXPECT_THAT(feed.so_far().body, EndsWith("retry: 100\n\n"));
    auto late = host->request("GET", "/feed").begin();
    EXPECT_TRUE(late.is_ended()) << "begun while it drains";
}

TEST_F(SseTest, TakesEventsFromAnyThread) {
    auto client = host->request("GET", "/feed").begin();
    std::thread([&] { host->request("POST", "/publish").body("elsewhere").send(); }).join();
    host->advance(0ms);
    EXPECT_THAT(client.so_far().body, HasSubstr("elsewhere"));
    EXPECT_THAT(client.so_far().body, StartsWith(kRetry));
}

// A host that refuses post() while it is told to.
class RefusingHost {
public:
    static const gh_plugin* plugin() {
        static gh_plugin table = [] {
            gh_plugin made = *plugin_table<Feed>("feed", "1.0.0");
            made.create = &create;
            return made;
        }();
        return &table;
    }
    static inline bool is_refusing = false;

private:
    static gh_status create(const gh_host* host, gh_str config, void** self) {
        table_ = *host;
        table_.post = &post;
        real_post_ = host->post;
        return plugin_table<Feed>("feed", "1.0.0")->create(&table_, config, self);
    }
    static gh_status post(const gh_host* host, gh_loop* loop, void (*work)(void*), void* context) {
        return is_refusing ? GH_E_LIMIT : real_post_(host, loop, work, context);
    }

    static inline gh_host table_{};
    static inline decltype(gh_host::post) real_post_ = nullptr;
};

class RefusedPostTest : public SseTest {
protected:
    RefusedPostTest() { host = std::make_unique<TestHost>(RefusingHost::plugin()); }
    ~RefusedPostTest() override { RefusingHost::is_refusing = false; }
};

TEST_F(RefusedPostTest, TheNextEventIsSentAndWhatWaitedBeforeIt) {
    auto client = host->request("GET", "/feed").begin();
    RefusingHost::is_refusing = true;
    publish("one");
    RefusingHost::is_refusing = false;
    publish("two");
    EXPECT_THAT(client.so_far().body, EndsWith("data: one\n\ndata: two\n\n"));
}

TEST_F(RefusedPostTest, TheHeartbeatSendsWhatWaits) {
    auto client = host->request("GET", "/feed").begin();
    RefusingHost::is_refusing = true;
    publish("one");
    host->advance(31s);
    EXPECT_THAT(client.so_far().body, HasSubstr("data: one\n\n"));
}

TEST_F(RefusedPostTest, AStreamThatWasClosedEndsAtTheHeartbeat) {
    auto client = host->request("GET", "/count/1").begin();
    RefusingHost::is_refusing = true;
    host->advance(31s);
    EXPECT_TRUE(client.is_ended());
    EXPECT_FALSE(client.so_far().aborted);
    EXPECT_EQ(host->metric("sse_streams"), 0);
}

}  // namespace

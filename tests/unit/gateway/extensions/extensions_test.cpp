// Both extensions through a plugin in C, a real plugin host, and each store.
#include <gatehouse/ext/kv.h>
#include <gtest/gtest.h>

#include <deque>

#include "gateway/extensions/stores.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"
#include "tests/unit/gateway/extensions/redis_server.hpp"
#include "tests/unit/gateway/host/test_host.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::extensions {
namespace {

// Two running loops, the stores, and a plugin host over them.
class ExtensionsTest : public ::testing::TestWithParam<const char*> {
protected:
    ExtensionsTest() {
        for (std::uint32_t i = 0; i < 2; ++i) {
            loops_.push_back(std::make_unique<IoLoop>(i));
            threads_.emplace_back([loop = loops_.back().get()] { loop->run(); });
        }
        StoreOptions options;
        if (std::string(GetParam()) == "redis") {
            redis_ = std::make_unique<RedisServer>();
            options.store = redis_->url();
            options.timeout = 150ms;
        }
        stores_ = std::move(*Stores::create(options, metrics_, logger_));
        host::PluginHost::Options host_options;
        host_options.runtime_directory = directory_.path();
        for (const auto& loop : loops_) host_options.loops.push_back(loop.get());
        host_options.telemetry = &telemetry_;
        host_options.extensions = stores_->extensions();
        host_ = std::make_unique<host::PluginHost>(std::move(host_options));
    }
    ~ExtensionsTest() override {
        carriers_.clear();
        host_.reset();
        stores_.reset();
        for (const auto& loop : loops_) loop->stop();
        for (std::thread& thread : threads_) thread.join();
    }

    std::shared_ptr<host::Generation> load(const std::string& service, const std::string& config = "{}",
                                           const std::string& file = "shared.so") {
        host::PluginSpec spec;
        spec.service = service;
        spec.file = std::filesystem::path(FIXTURE_DIRECTORY) / file;
        spec.config_json = config;
        spec.workers = 2;
        auto loaded = host_->load(spec);
        if (!loaded) {
            ADD_FAILURE() << loaded.error().message;
            return nullptr;
        }
        return *loaded;
    }
    std::shared_ptr<host::Generation> start(const std::string& service, const std::string& config = "{}",
                                            const std::string& file = "shared.so") {
        auto started = host_->start(load(service, config, file));
        if (!started) {
            ADD_FAILURE() << started.error().message;
            return nullptr;
        }
        return *started;
    }
    std::future<host::Outcome> send(const std::shared_ptr<host::Generation>& generation, std::string path) {
        carriers_.push_back(std::make_unique<host::TestCarrier>(*loops_[0], generation, "GET", std::move(path)));
        return carriers_.back()->send();
    }
    std::string ask(const std::shared_ptr<host::Generation>& generation, std::string path) {
        auto future = send(generation, std::move(path));
        if (future.wait_for(20s) != std::future_status::ready) return "(no answer)";
        return future.get().body;
    }
    void wait_for_history(const std::shared_ptr<host::Generation>& generation, const std::string& wanted) {
        const TimePoint deadline = Clock::now() + 20s;
        std::string history;
        while ((history = ask(generation, "/lease/history")) != wanted) {
            if (Clock::now() > deadline) {
                ADD_FAILURE() << "the history is " << history << "and not " << wanted;
                return;
            }
        }
    }
    host::Extension& lease() { return *stores_->extensions()[1]; }
    std::string now_or_later() const { return redis_ ? "later " : "now "; }

    const TestDirectory directory_;
    host::SilentTelemetry telemetry_;
    observe::Metrics metrics_{2};
    observe::Logger logger_{{.to = observe::Logger::Target::none, .file = {}, .redact = {}}};
    std::vector<std::unique_ptr<IoLoop>> loops_;
    std::vector<std::thread> threads_;
    std::unique_ptr<RedisServer> redis_;
    std::unique_ptr<Stores> stores_;
    std::unique_ptr<host::PluginHost> host_;
    std::deque<std::unique_ptr<host::TestCarrier>> carriers_;
};

INSTANTIATE_TEST_SUITE_P(Stores, ExtensionsTest, ::testing::Values("memory", "redis"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(ExtensionsTest, AnswersWorkersHereAndLoopsByTheirRule) {
    const auto posts = start("posts");
    EXPECT_EQ(ask(posts, "/kv/blocking/set/key/value"), "now 0 2 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/blocking/get/key/-"), "now 0 1 0 [value] ");
    EXPECT_EQ(ask(posts, "/kv/loop/get/key/-"), now_or_later() + "0 1 0 [value] ");
    EXPECT_EQ(ask(posts, "/kv/loop/add/key/other"), now_or_later() + "0 1 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/incr/n/41"), now_or_later() + "0 2 41 [] ");
    EXPECT_EQ(ask(posts, "/kv/blocking/incr/n/1"), "now 0 3 42 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/incr/key/1"), now_or_later() + "-2 0 0 [] not_a_number");
    EXPECT_EQ(ask(posts, "/kv/loop/del/key/-"), now_or_later() + "0 3 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/wait/get/key/-"), "now -8 0 0 [] ");
}

TEST_P(ExtensionsTest, RefusesWhatBreaksTheHeadersRules) {
    const auto posts = start("posts");
    const std::string long_key(GH_KV_KEY_MAX + 1, 'k');
    EXPECT_EQ(ask(posts, "/kv/loop/set/" + long_key + "/v"), "now -2 0 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/set/" + long_key.substr(1) + "/v"), now_or_later() + "0 2 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/blocking/set/key/*1048577"), "now -7 0 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/blocking/set/key/*1048576"), "now 0 2 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/odd/key/v"), "now -3 0 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/nine/key/v"), "now -3 0 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/two/key/v"), "now -2 0 0 [] ");
    EXPECT_EQ(ask(posts, "/kv/loop/small/key/v"), "now -2 0 0 [] ");
    EXPECT_EQ(ask(posts, "/lease/refusals"), "");
}

TEST_P(ExtensionsTest, KeysBelongToTheServiceAndOutliveItsGenerations) {
    auto posts = start("posts");
    const auto users = start("users");
    ask(posts, "/kv/blocking/set/key/ours");
    EXPECT_EQ(ask(users, "/kv/blocking/get/key/-"), "now 0 0 0 [] ");
    posts = start("posts");  // the next generation
    EXPECT_EQ(ask(posts, "/kv/blocking/get/key/-"), "now 0 1 0 [ours] ");
}

TEST_P(ExtensionsTest, OnlyAnActiveGenerationGainsALease) {
    const auto posts = load("posts", R"({"lease":true})");
    ASSERT_NE(posts, nullptr);
    ASSERT_TRUE(host_->start(posts));
    wait_for_history(posts, "gained+ ");
    EXPECT_NE(ask(posts, "/lease/token"), "0");
    EXPECT_EQ(ask(posts, "/lease/release"), "released");
    wait_for_history(posts, "gained+ ended ");
    EXPECT_EQ(ask(posts, "/lease/enter"), "no");
}

TEST_P(ExtensionsTest, ALeaseMovesWithAReloadAndBackWithItsRollback) {
    const auto first = start("posts", R"({"lease":true})");
    wait_for_history(first, "gained+ ");
    const std::uint64_t first_token = std::stoull(ask(first, "/lease/token"));
    EXPECT_EQ(ask(first, "/lease/enter"), "in");
    const auto second = start("posts", R"({"lease":true})");
    lease().deactivate(*first);
    EXPECT_EQ(ask(first, "/lease/enter"), "no");   // nothing new is begun
    EXPECT_EQ(ask(second, "/lease/history"), "");  // and nothing given away under it
    EXPECT_EQ(ask(first, "/lease/leave"), "left");
    wait_for_history(first, "gained+ lost ");
    wait_for_history(second, "gained+ ");
    EXPECT_GT(std::stoull(ask(second, "/lease/token")), first_token);

    lease().deactivate(*second);
    lease().activate(*first);
    wait_for_history(first, "gained+ lost gained+ ");
    EXPECT_EQ(ask(second, "/lease/history"), "gained+ lost ");
}

TEST_P(ExtensionsTest, TheDrainDeadlineTakesALeaseAwayFromWorkThatDoesNotEnd) {
    const auto posts = start("posts", R"({"lease":true})");
    wait_for_history(posts, "gained+ ");
    EXPECT_EQ(ask(posts, "/lease/enter"), "in");
    lease().deactivate(*posts);
    lease().cancel(*posts);
    wait_for_history(posts, "gained+ lost ");
}

TEST_P(ExtensionsTest, AJobGoesOnThroughReloadsAndNeverBesideItself) {
    int runs = 0;
    for (int generation = 0; generation < 6; ++generation) {
        const auto jobs = start("jobs", "{}", "jobs.so");
        ASSERT_NE(jobs, nullptr);
        const int wanted = runs + 3;
        const TimePoint deadline = Clock::now() + 20s;
        while ((runs = std::stoi(ask(jobs, "/runs").substr(1))) < wanted) ASSERT_LT(Clock::now(), deadline);
        EXPECT_EQ(ask(jobs, "/overlaps"), "\"0\"");
    }
}

class RedisExtensionsTest : public ExtensionsTest {};
INSTANTIATE_TEST_SUITE_P(Stores, RedisExtensionsTest, ::testing::Values("redis"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(RedisExtensionsTest, ASlowServerDoesNotBlockALoop) {
    const auto posts = start("posts");
    EXPECT_EQ(ask(posts, "/kv/loop/set/key/value"), "later 0 2 0 [] ");
    redis_->pause();
    auto slow = send(posts, "/kv/loop/get/key/-");
    auto waiting = send(posts, "/kv/blocking/get/key/-");
    EXPECT_EQ(ask(posts, "/quick"), "quick");
    EXPECT_EQ(slow.wait_for(0s), std::future_status::timeout);
    EXPECT_EQ(slow.get().body, "later -5 0 0 [] timeout");
    EXPECT_EQ(waiting.get().body, "now -5 0 0 [] timeout");
    redis_->resume();
}

TEST_P(RedisExtensionsTest, IsBackAfterARestart) {
    const auto posts = start("posts", R"({"lease":true})");
    wait_for_history(posts, "gained+ ");
    EXPECT_EQ(ask(posts, "/kv/blocking/set/key/value"), "now 0 2 0 [] ");
    redis_->kill();
    EXPECT_EQ(ask(posts, "/kv/blocking/get/key/-"), "now -6 0 0 [] connect_failed");
    EXPECT_EQ(ask(posts, "/kv/loop/get/key/-"), "later -6 0 0 [] connect_failed");
    wait_for_history(posts, "gained+ lost ");
    redis_->start();
    const TimePoint deadline = Clock::now() + 20s;
    while (ask(posts, "/kv/loop/get/key/-") != "later 0 0 0 [] ") ASSERT_LT(Clock::now(), deadline);
    wait_for_history(posts, "gained+ lost gained+ ");
}

TEST_P(RedisExtensionsTest, TheDrainDeadlineEndsWhatIsPending) {
    const auto posts = start("posts");
    EXPECT_EQ(ask(posts, "/kv/loop/set/key/value"), "later 0 2 0 [] ");
    redis_->pause();
    auto pending = send(posts, "/kv/loop/get/key/-");
    EXPECT_EQ(ask(posts, "/quick"), "quick");
    for (host::Extension* const extension : stores_->extensions()) extension->cancel(*posts);
    EXPECT_EQ(pending.get().body, "later -4 0 0 [] drain_deadline");
    redis_->resume();
}

}  // namespace
}  // namespace gatehouse::extensions

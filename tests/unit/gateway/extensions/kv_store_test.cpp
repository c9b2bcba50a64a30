// What both stores promise, shown on both; then what each has of its own.
#include "gateway/extensions/kv_store.hpp"

#include <gatehouse/ext/kv.h>
#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <thread>

#include "gateway/extensions/memory_kv.hpp"
#include "gateway/extensions/redis_kv.hpp"
#include "tests/unit/gateway/extensions/redis_server.hpp"

namespace gatehouse::extensions {
namespace {

using Kind = KvCommand::Kind;
using Condition = KvCommand::Condition;

KvAnswer run(KvStore& store, KvCommand command) {
    if (command.service.empty()) command.service = "posts";
    if (auto answer = store.answer_now(command)) return *answer;
    std::promise<KvAnswer> promise;
    store.answer_later(std::move(command), [&](KvAnswer answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
}

KvCommand get(std::string key) {
    return {.kind = Kind::get, .service = {}, .key = std::move(key), .value = {}, .expected = {}};
}
KvCommand set(std::string key, std::string value, std::chrono::milliseconds ttl = 0ms) {
    return {
        .kind = Kind::set, .service = {}, .key = std::move(key), .value = std::move(value), .expected = {}, .ttl = ttl};
}
KvCommand remove(std::string key) {
    return {.kind = Kind::remove, .service = {}, .key = std::move(key), .value = {}, .expected = {}};
}
KvCommand increment(std::string key, std::int64_t delta, std::chrono::milliseconds ttl = 0ms) {
    return {.kind = Kind::increment,
            .service = {},
            .key = std::move(key),
            .value = {},
            .expected = {},
            .ttl = ttl,
            .delta = delta};
}
KvCommand if_absent(KvCommand command) {
    command.condition = Condition::is_absent;
    return command;
}
KvCommand if_version(KvCommand command, std::uint64_t version) {
    command.condition = Condition::has_version;
    command.version = version;
    return command;
}
KvCommand if_value(KvCommand command, std::string value) {
    command.condition = Condition::has_value;
    command.expected = std::move(value);
    return command;
}

class KvStoreTest : public ::testing::TestWithParam<const char*> {
protected:
    KvStoreTest() {
        if (std::string(GetParam()) == "memory") {
            store_ = std::make_unique<MemoryKv>(MemoryKv::Options{});
            return;
        }
        static RedisServer server;
        client_ = std::make_unique<RedisClient>(
            RedisClient::Options{.login = {*parse_redis_address(server.url()), {}}, .timeout = 10s});
        store_ = std::make_unique<RedisKv>(*client_);
        std::promise<void> emptied;
        client_->run({nullptr, 0, {"FLUSHALL"}}, [&](const auto&) { emptied.set_value(); });
        emptied.get_future().wait();
    }
    KvAnswer run(KvCommand command) { return extensions::run(*store_, std::move(command)); }
    std::string value(const std::string& key) {
        const KvAnswer answer = run(get(key));
        return answer.value ? *answer.value : "(absent)";
    }

    std::unique_ptr<RedisClient> client_;
    std::unique_ptr<KvStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, KvStoreTest, ::testing::Values("memory", "redis"),
                         [](const auto& store) { return std::string(store.param); });

TEST_P(KvStoreTest, KeepsAnyOctets) {
    const std::string octets("\0\r\n$-1\xff", 7);
    const KvAnswer stored = run(set(octets, octets));
    EXPECT_TRUE(stored.was_applied);
    EXPECT_FALSE(stored.was_found);
    const KvAnswer read = run(get(octets));
    EXPECT_TRUE(read.was_found);
    EXPECT_EQ(*read.value, octets);
    EXPECT_EQ(read.version, stored.version);
    EXPECT_FALSE(run(get("other")).was_found);
    EXPECT_EQ(run(get("other")).version, 0u);
}

TEST_P(KvStoreTest, KeepsAnEmptyValueAndALargeOne) {
    run(set("empty", ""));
    EXPECT_TRUE(run(get("empty")).was_found);
    EXPECT_EQ(value("empty"), "");
    run(set("large", std::string(GH_KV_VALUE_MAX, 'x')));
    EXPECT_EQ(value("large").size(), GH_KV_VALUE_MAX);
}

TEST_P(KvStoreTest, KeepsServicesApart) {
    KvCommand other = set("key", "theirs");
    other.service = "users";
    run(other);
    EXPECT_EQ(value("key"), "(absent)");
    run(set("key", "ours"));
    KvCommand read = get("key");
    read.service = "users";
    EXPECT_EQ(*run(read).value, "theirs");
}

TEST_P(KvStoreTest, SetsOnlyWhatIsAbsent) {
    EXPECT_TRUE(run(if_absent(set("key", "first"))).was_applied);
    const KvAnswer second = run(if_absent(set("key", "second")));
    EXPECT_FALSE(second.was_applied);
    EXPECT_TRUE(second.was_found);
    EXPECT_EQ(value("key"), "first");
    EXPECT_EQ(second.version, run(get("key")).version);
}

TEST_P(KvStoreTest, ComparesVersions) {
    const auto first = run(if_version(set("key", "a"), 0));
    EXPECT_TRUE(first.was_applied);
    EXPECT_FALSE(run(if_version(set("key", "b"), 0)).was_applied);
    EXPECT_FALSE(run(if_version(set("key", "b"), first.version + 1)).was_applied);
    const auto second = run(if_version(set("key", "b"), first.version));
    EXPECT_TRUE(second.was_applied);
    EXPECT_GT(second.version, first.version);
    EXPECT_FALSE(run(if_version(remove("key"), first.version)).was_applied);
    EXPECT_TRUE(run(if_version(remove("key"), second.version)).was_applied);
}

TEST_P(KvStoreTest, ComparesValues) {
    EXPECT_FALSE(run(if_value(set("key", "a"), "")).was_applied);
    run(set("key", "a"));
    EXPECT_FALSE(run(if_value(set("key", "b"), "A")).was_applied);
    EXPECT_TRUE(run(if_value(set("key", "b"), "a")).was_applied);
    EXPECT_FALSE(run(if_value(remove("key"), "a")).was_applied);
    EXPECT_TRUE(run(if_value(remove("key"), "b")).was_applied);
    EXPECT_EQ(value("key"), "(absent)");
}

TEST_P(KvStoreTest, GivesAVersionOnceOnly) {
    std::uint64_t last = 0;
    for (int round = 0; round < 50; ++round) {
        const std::uint64_t version = run(set("key", "same")).version;
        EXPECT_GT(version, last);
        last = version;
        run(remove("key"));
    }
}

TEST_P(KvStoreTest, DeletesOnce) {
    run(set("key", "a"));
    EXPECT_TRUE(run(remove("key")).was_applied);
    const KvAnswer again = run(remove("key"));
    EXPECT_FALSE(again.was_applied);
    EXPECT_FALSE(again.was_found);
}

struct IncrementRow {
    const char* name;
    const char* before;  // null: absent
    std::int64_t delta;
    gh_status status;
    const char* after;
};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr IncrementRow kIncrements[] = {
    {"absent", nullptr, 5, GH_OK, "5"},
    {"absent and nothing", nullptr, 0, GH_OK, "0"},
    {"down", "3", -10, GH_OK, "-7"},
    {"above 2^53", "9007199254740993", 2, GH_OK, "9007199254740995"},
    {"up to the end", "9223372036854775806", 1, GH_OK, "9223372036854775807"},
    {"over the end", "9223372036854775807", 1, GH_E_LIMIT, "9223372036854775807"},
    {"under the end", "-9223372036854775808", -1, GH_E_LIMIT, "-9223372036854775808"},
    {"largest step", "0", kMost, GH_OK, "9223372036854775807"},
    {"smallest step", "0", kLeast, GH_OK, "-9223372036854775808"},
    {"text", "ten", 1, GH_E_INVALID, "ten"},
    {"empty", "", 1, GH_E_INVALID, ""},
    {"space", " 1", 1, GH_E_INVALID, " 1"},
    {"plus", "+1", 1, GH_E_INVALID, "+1"},
    {"leading zero", "01", 1, GH_E_INVALID, "01"},
    {"minus zero", "-0", 1, GH_E_INVALID, "-0"},
    {"fraction", "1.0", 1, GH_E_INVALID, "1.0"},
    {"too long", "92233720368547758070", 1, GH_E_INVALID, "92233720368547758070"},
};

TEST_P(KvStoreTest, IncrementsDecimalNumbersOnly) {
    for (const IncrementRow& row : kIncrements) {
        SCOPED_TRACE(row.name);
        run(remove("n"));
        if (row.before != nullptr) run(set("n", row.before));
        const KvAnswer answer = run(increment("n", row.delta));
        EXPECT_EQ(answer.status, row.status);
        EXPECT_EQ(value("n"), row.after);
        if (row.status == GH_OK) {
            EXPECT_EQ(std::to_string(answer.number), row.after);
        }
    }
}

TEST_P(KvStoreTest, ForgetsAfterTheTimeToLive) {
    run(set("short", "a", 30ms));
    run(set("kept", "a", 30ms));
    run(set("kept", "b"));  // no end any more
    run(increment("window", 1, 30ms));
    run(increment("window", 1, 1h));  // does not lengthen it
    const TimePoint deadline = Clock::now() + 10s;
    while (run(get("short")).was_found || run(get("window")).was_found) ASSERT_LT(Clock::now(), deadline);
    EXPECT_EQ(value("kept"), "b");
    EXPECT_TRUE(run(if_absent(set("short", "again"))).was_applied);
    EXPECT_EQ(run(increment("window", 1)).number, 1);
}

TEST_P(KvStoreTest, CountsOfManyThreadsAddUp) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 100; ++n) run(increment("n", 1));
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(value("n"), "400");
}

TEST_P(KvStoreTest, OneOfManyWinsACompareAndSet) {
    const std::uint64_t version = run(set("key", "0")).version;
    std::atomic<int> winners{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            if (run(if_version(set("key", "1"), version)).was_applied) ++winners;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
}

// ---- the memory store

class MemoryKvTest : public ::testing::Test {
protected:
    KvAnswer run(KvCommand command) { return extensions::run(store_, std::move(command)); }
    bool has(const std::string& key) { return run(get(key)).was_found; }

    TimePoint now_{};
    MemoryKv store_{{.bytes_max = 4u << 20, .now = [this] { return now_; }}};  // one shard
};

TEST_F(MemoryKvTest, ExpiresAtTheMomentAndNotBefore) {
    run(set("key", "a", 100ms));
    now_ += 99ms;
    EXPECT_TRUE(has("key"));
    now_ += 1ms;
    EXPECT_FALSE(has("key"));
}

TEST_F(MemoryKvTest, FreesWhatHasExpiredThoughNobodyAsksForIt) {
    for (int i = 0; i < 10; ++i) run(set("key" + std::to_string(i), "a", 100ms));
    now_ += 1s;
    run(set("other", "a"));
    EXPECT_EQ(store_.usage().keys, 1u);
    EXPECT_EQ(store_.usage().evicted, 0u);
}

TEST_F(MemoryKvTest, EvictsWhatWasNotUsedForLongestAndCountsIt) {
    const std::string large(1u << 20, 'x');
    run(set("a", large));
    run(set("b", large));
    run(set("c", large));
    EXPECT_TRUE(has("a"));
    run(set("d", large));  // four of them and what surrounds them are more than 4 MiB
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
    EXPECT_TRUE(has("c"));
    EXPECT_TRUE(has("d"));
    EXPECT_EQ(store_.usage().evicted, 1u);
    EXPECT_LE(store_.usage().bytes, 4u << 20);
}

TEST_F(MemoryKvTest, GrowingAValueEvictsOthersAndNotItself) {
    for (int i = 0; i < 3; ++i) run(set("key" + std::to_string(i), std::string(1u << 20, 'x')));
    run(set("grows", "small"));
    run(set("grows", std::string(1u << 20, 'y')));
    EXPECT_EQ(run(get("grows")).value->size(), 1u << 20);
    EXPECT_FALSE(has("key0"));
    EXPECT_TRUE(has("key1"));
}

TEST_F(MemoryKvTest, FreesAllThatItTook) {
    for (int i = 0; i < 100; ++i) run(set("key" + std::to_string(i), "value", i % 2 == 0 ? 0ms : 10ms));
    for (int i = 0; i < 100; ++i) run(remove("key" + std::to_string(i)));
    EXPECT_EQ(store_.usage().keys, 0u);
    EXPECT_EQ(store_.usage().bytes, 0u);
}

TEST_F(MemoryKvTest, ValueOutlivesItsKey) {
    run(set("key", "value"));
    const auto value = run(get("key")).value;
    run(remove("key"));
    EXPECT_EQ(*value, "value");
}

TEST(SmallMemoryKvTest, RefusesWhatCanNeverFit) {
    MemoryKv store({.bytes_max = 1000, .now = [] { return Clock::now(); }});
    run(store, set("kept", "a"));
    const KvAnswer answer = run(store, set("key", std::string(2000, 'x')));
    EXPECT_EQ(answer.status, GH_E_LIMIT);
    EXPECT_EQ(answer.reason, "no_room");
    EXPECT_TRUE(run(store, get("kept")).was_found);
}

}  // namespace
}  // namespace gatehouse::extensions

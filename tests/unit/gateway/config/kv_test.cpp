#include <gtest/gtest.h>
#include <cstdlib>

#include "gateway/config/codes.hpp"
#include "gateway/config/load.hpp"
#include "gateway/config/report.hpp"

namespace gatehouse::config {
namespace {

Loaded load(const std::string& kv) {
    return load_text(
        "version: 1\ngateway: { kv: " + kv + " }\nservices: { a: \"http://h:1\" }\nroutes: [{ path: /, to: a }]\n",
        "routes.yaml", "");
}

TEST(KvConfigTest, IsMemoryUnlessSaidOtherwise) {
    const Loaded loaded = load("{}");
    ASSERT_TRUE(loaded) << format_diagnostics(loaded);
    EXPECT_EQ(loaded.configuration.gateway.kv, KeyValueStore{});
}

TEST(KvConfigTest, ReadsEveryKey) {
    ::setenv("GATEHOUSE_TEST_REDIS", "short", 1);
    const Loaded loaded =
        load(R"({ store: "redis://app@cache:6380/2", password: env:GATEHOUSE_TEST_REDIS, memory: 8MiB, timeout: 1s })");
    ASSERT_TRUE(loaded) << format_diagnostics(loaded);
    const KeyValueStore& kv = loaded.configuration.gateway.kv;
    EXPECT_EQ(kv.store, "redis://app@cache:6380/2");
    EXPECT_EQ(kv.password, "short");
    EXPECT_EQ(kv.memory_bytes, 8u * 1024 * 1024);
    EXPECT_EQ(kv.timeout, milliseconds(1000));
}

struct Row {
    const char* kv;
    const char* code;
};

TEST(KvConfigTest, RefusesWhatCannotBe) {
    const Row rows[] = {
        {"{ store: memcached }", "T103"},
        {R"({ store: "http://cache" })", "T103"},
        {R"({ store: "rediss://cache" })", "T103"},
        {R"({ store: "redis://app:secret@cache" })", codes::literal_secret.id.data()},
        {R"({ store: "redis+unix:app:secret@/run/redis.sock" })", codes::literal_secret.id.data()},
        {"{ password: secret }", codes::literal_secret.id.data()},
        {"{ password: env:GATEHOUSE_TEST_NOT_THERE }", codes::missing_secret.id.data()},
        {"{ memory: 1MiB }", "T104"},
        {"{ timeout: 1ms }", "T104"},
        {"{ timeout: 200 }", "T102"},
        {"{ url: redis }", "K101"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.kv);
        const Loaded loaded = load(row.kv);
        EXPECT_FALSE(loaded);
        EXPECT_NE(format_diagnostics(loaded).find(row.code), std::string::npos) << format_diagnostics(loaded);
    }
}

}  // namespace
}  // namespace gatehouse::config

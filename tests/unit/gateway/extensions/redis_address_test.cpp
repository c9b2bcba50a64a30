#include "gateway/extensions/redis_address.hpp"

#include <gtest/gtest.h>

namespace gatehouse::extensions {
namespace {

struct Row {
    const char* text;
    const char* shown;  // null: refused
    const char* user = "";
};

TEST(RedisAddressTest, ReadsWhatIsDocumentedAndNothingElse) {
    const Row rows[] = {
        {"redis://127.0.0.1", "127.0.0.1:6379/0"},
        {"redis://cache.internal:7000/12", "cache.internal:7000/12"},
        {"redis://h/", "h:6379/0"},
        {"redis://app@h:1/2", "h:1/2", "app"},
        {"redis://[::1]:6380/0", "::1:6380/0"},
        {"redis://[::1]", "::1:6379/0"},
        {"redis+unix:/run/redis.sock", "/run/redis.sock"},
        {"redis+unix:app@/run/redis.sock?db=4", "/run/redis.sock", "app"},
        {"redis://app:secret@h", nullptr},
        {"redis://@h", nullptr},
        {"redis://", nullptr},
        {"redis://h:0", nullptr},
        {"redis://h:65536", nullptr},
        {"redis://h/x", nullptr},
        {"redis://h/-1", nullptr},
        {"rediss://h", nullptr},
        {"redis:h", nullptr},
        {"redis+unix:run.sock", nullptr},
        {"redis+unix:/run.sock?x=1", nullptr},
        {"memory", nullptr},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const auto address = parse_redis_address(row.text);
        ASSERT_EQ(static_cast<bool>(address), row.shown != nullptr);
        if (!address) continue;
        EXPECT_EQ(to_string(*address), row.shown);
        EXPECT_EQ(address->user, row.user);
    }
}

}  // namespace
}  // namespace gatehouse::extensions

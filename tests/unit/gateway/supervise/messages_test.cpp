#include "gateway/supervise/messages.hpp"

#include <gtest/gtest.h>

namespace gatehouse::supervise {
namespace {

TEST(MessagesTest, AnOrderArrivesAsItWasSent) {
    Order order;
    order.config_json = R"({"database":"postgresql://u:p@h/db","text":"ä\n"})";
    order.assertion_key = std::string("\0\xff binary", 9);
    order.gateway = "unix:/tmp/x.sock";
    order.process = {.memory = std::uint64_t{3} << 40, .files = 77, .loops = 4};
    order.workers = 8;
    order.queue = 9;
    order.drain_timeout = std::chrono::milliseconds(1234);
    order.probes = {"/health", "/answer?x=1"};
    const std::string line = to_line(order);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto read = parse_order(line);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, order);
}

TEST(MessagesTest, AGreetingArrivesAsItWasSent) {
    Greeting greeting;
    greeting.abi = "1.0";
    greeting.plugin = "posts";
    greeting.version = "1.2.3";
    greeting.build_id = "ab12";
    greeting.pid = 4711;
    greeting.routes = {"GET /api/posts/{id}", "POST /api/posts"};
    const auto read = parse_greeting(to_line(greeting));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, greeting);
    Greeting failure;
    failure.error = "migrations: \"no such table\"";
    const auto refused = parse_greeting(to_line(failure));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->error, failure.error);
}

TEST(MessagesTest, NonsenseIsRefused) {
    for (const char* line : {"", "\n", "[]", "{", "null", "1", R"({"assertion_key":"!"})"}) {
        EXPECT_FALSE(parse_order(line)) << line;
    }
    for (const char* line : {"", "[]", "{", "{}", R"({"plugin":1})", R"({"pid":5,"routes":"x"})"}) {
        EXPECT_FALSE(parse_greeting(line)) << line;
    }
}

}  // namespace
}  // namespace gatehouse::supervise

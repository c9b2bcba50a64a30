#include "gateway/extensions/redis_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/unit/gateway/extensions/redis_server.hpp"

namespace gatehouse::extensions {
namespace {

// An answer as text: the reply's, or "!" and the reason.
std::string ask(RedisClient& client, RedisCommand command) {
    std::promise<std::string> promise;
    client.run(std::move(command), [&](Result<RedisReply, RedisFailure> reply) {
        promise.set_value(reply ? reply->text : "!" + std::string(reply.error().reason));
    });
    return promise.get_future().get();
}
std::string ping(RedisClient& client) { return ask(client, {nullptr, 0, {"PING"}}); }

RedisClient::Options options_for(const std::string& url, Duration timeout = 5s) {
    RedisClient::Options options;
    options.login.address = *parse_redis_address(url);
    options.timeout = timeout;
    return options;
}

TEST(RedisClientTest, TalksOverAUnixSocket) {
    RedisServer server;
    RedisClient client(options_for(server.url()));
    EXPECT_EQ(ping(client), "PONG");
}

TEST(RedisClientTest, LogsInAndSelectsTheDatabase) {
    RedisServer server({"--requirepass", "secret"});
    RedisClient::Options options = options_for(server.url() + "?db=3");
    options.login.password = "secret";
    RedisClient client(options);
    EXPECT_EQ(ask(client, {nullptr, 0, {"SET", "key", "value"}}), "OK");
    EXPECT_EQ(ask(client, {nullptr, 0, {"CLIENT", "INFO"}}).find(" db=3 ") != std::string::npos, true);
}

TEST(RedisClientTest, NamesAWrongPassword) {
    RedisServer server({"--requirepass", "secret"});
    RedisClient::Options options = options_for(server.url());
    options.login.password = "wrong";
    RedisClient client(options);
    EXPECT_EQ(ping(client), "!login_refused");
    RedisClient without(options_for(server.url()));
    EXPECT_EQ(ping(without), "!server_refused");
}

TEST(RedisClientTest, SendsAScriptAgainWhenTheServerHasForgottenIt) {
    RedisServer server;
    RedisClient client(options_for(server.url()));
    static const RedisScript script("return ARGV[1]");
    EXPECT_EQ(ask(client, {&script, 1, {"key", "first"}}), "first");
    server.restart();
    std::string answer = ask(client, {&script, 1, {"key", "second"}});
    EXPECT_EQ(answer, "second");
}

TEST(RedisClientTest, FindsTheServerAgainAfterARestart) {
    RedisServer server;
    std::atomic<int> downs{0}, ups{0};
    RedisClient::Options options = options_for(server.url());
    options.connections = 1;
    options.circuit = {.failures_to_open = 2, .pause_first = 20ms, .pause_max = 50ms};
    options.on_change = [&](bool is_up, std::string_view) { ++(is_up ? ups : downs); };
    RedisClient client(options);
    EXPECT_EQ(ping(client), "PONG");
    server.kill();
    EXPECT_EQ(ping(client), "!connect_failed");
    EXPECT_EQ(ping(client), "!connect_failed");
    EXPECT_EQ(ping(client), "!circuit_open");
    server.start();
    const TimePoint deadline = Clock::now() + 20s;
    while (ping(client) != "PONG") ASSERT_LT(Clock::now(), deadline);
    EXPECT_EQ(downs, 1);
    EXPECT_EQ(ups, 1);
}

TEST(RedisClientTest, GivesUpOnAServerThatDoesNotAnswer) {
    RedisServer server;
    RedisClient::Options options = options_for(server.url(), 100ms);
    options.connections = 2;
    options.circuit = {.failures_to_open = 3, .pause_first = 10s, .pause_max = 10s};
    RedisClient client(options);
    EXPECT_EQ(ping(client), "PONG");
    server.pause();
    const TimePoint begin = Clock::now();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ping(client), "!timeout");
    EXPECT_GE(Clock::now() - begin, 250ms);
    const TimePoint opened = Clock::now();
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(ping(client), "!circuit_open");
    EXPECT_LT(Clock::now() - opened, 5s);  // not a timeout each
    server.resume();
}

TEST(RedisClientTest, TakesALateAnswerForNobodyElses) {
    RedisServer server;
    RedisClient::Options options = options_for(server.url(), 100ms);
    options.connections = 1;
    options.circuit.failures_to_open = 100;
    RedisClient client(options);
    ask(client, {nullptr, 0, {"SET", "one", "1"}});
    ask(client, {nullptr, 0, {"SET", "two", "2"}});
    server.pause();
    EXPECT_EQ(ask(client, {nullptr, 0, {"GET", "one"}}), "!timeout");
    server.resume();
    std::string answer = "!timeout";
    while (answer == "!timeout") answer = ask(client, {nullptr, 0, {"GET", "two"}});
    EXPECT_EQ(answer, "2");
}

TEST(RedisClientTest, BoundsWhatWaits) {
    RedisServer server;
    RedisClient::Options options = options_for(server.url(), 2s);
    options.connections = 1;
    options.queue_max = 2;
    server.pause();
    std::atomic<int> full{0}, answered{0};
    {
        RedisClient client(options);
        for (int i = 0; i < 10; ++i) {
            client.run({nullptr, 0, {"PING"}}, [&](const Result<RedisReply, RedisFailure>& reply) {
                ++answered;
                if (!reply && reply.error().reason == "queue_full") ++full;
            });
        }
        EXPECT_GE(full, 7);  // one may be under way, two wait
        server.resume();
    }
    EXPECT_EQ(answered, 10);  // at the end of the client none is left without one
}

TEST(RedisClientTest, NeverLeavesACallerWithoutAnAnswer) {
    RedisServer server;
    RedisClient client(options_for(server.url(), 200ms));
    std::atomic<bool> stop{false};
    std::thread chaos([&] {
        for (int i = 0; i < 5; ++i) server.restart();
        stop = true;
    });
    int answered = 0;
    while (!stop) {
        ping(client);
        ++answered;
    }
    chaos.join();
    EXPECT_GT(answered, 0);
}

}  // namespace
}  // namespace gatehouse::extensions

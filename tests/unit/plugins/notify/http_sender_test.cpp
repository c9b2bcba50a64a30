// Requests that end, whatever the other side does, and that go nowhere inside.
#include "plugins/notify/webhook/http_sender.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "tests/unit/plugins/notify/receiver.hpp"

namespace {

using namespace std::chrono_literals;
using notify::CallResult;
using notify::HttpSender;
using notify::Reach;

CallResult call(HttpSender& sender, const std::string& url) {
    sender.begin({1, url, {"content-type: application/json"}, "{}"});
    for (;;) {
        const auto ended = sender.wait(50ms);
        if (!ended.empty()) return ended.front();
    }
}

TEST(HttpSenderTest, TheAddressIsLookedAtWhenItIsConnectedTo) {
    Receiver receiver;
    HttpSender sender({2s, Reach::public_only, ""});
    const std::string port = receiver.url().substr(receiver.url().rfind(':'));
    for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
        const CallResult result = call(sender, "http://" + host + port);
        EXPECT_EQ(result.status, 0) << host;
        EXPECT_EQ(result.error, "the address is not one of the public internet") << host;
    }
    EXPECT_TRUE(receiver.received().empty());
}

TEST(HttpSenderTest, APrivateAddressMayBeAllowed) {
    Receiver receiver;
    HttpSender sender({2s, Reach::everywhere, ""});
    EXPECT_EQ(call(sender, receiver.url()).status, 204);
}

TEST(HttpSenderTest, OtherSchemesAreRefused) {
    HttpSender sender({2s, Reach::everywhere, ""});
    for (const char* const url : {"file:///etc/passwd", "gopher://127.0.0.1/", "telnet://127.0.0.1/", "nonsense"}) {
        EXPECT_EQ(call(sender, url).status, 0) << url;
    }
}

TEST(HttpSenderTest, AReceiverThatHangsIsLeft) {
    std::promise<void> end;
    Receiver receiver;
    receiver.answer([ended = end.get_future().share()](const auto&) {
        ended.wait();
        return std::string();
    });
    HttpSender sender({200ms, Reach::everywhere, ""});
    EXPECT_EQ(call(sender, receiver.url()).error, "Timeout was reached");
    end.set_value();
}

TEST(HttpSenderTest, AHeadWithoutAnEndIsLeft) {
    Receiver receiver;
    receiver.answer([](const auto&) {
        std::string head = "HTTP/1.1 200 x\r\n";
        for (int i = 0; i < 5'000; ++i) head += "x-" + std::to_string(i) + ": " + std::string(50, 'x') + "\r\n";
        return head;
    });
    HttpSender sender({2s, Reach::everywhere, ""});
    EXPECT_LE(call(sender, receiver.url()).status, 200);
}

TEST(HttpSenderTest, WhatIsAbandonedIsNamed) {
    std::promise<void> end;
    Receiver receiver;
    receiver.answer([ended = end.get_future().share()](const auto&) {
        ended.wait();
        return std::string();
    });
    HttpSender sender({2s, Reach::everywhere, ""});
    sender.begin({7, receiver.url(), {}, "{}"});
    sender.wait(0ms);
    EXPECT_EQ(sender.abandon(), std::vector<std::int64_t>{7});
    EXPECT_EQ(sender.under_way(), 0U);
    end.set_value();
}

}  // namespace

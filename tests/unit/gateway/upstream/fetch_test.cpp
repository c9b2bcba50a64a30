#include "gateway/upstream/fetch.hpp"

#include <gtest/gtest.h>

#include <future>

#include "gateway/upstream/upstreams.hpp"
#include "tests/unit/gateway/net/support/fake_upstream.hpp"

namespace gatehouse::upstream {

namespace {

using net::test::FakeUpstream;
using net::test::RawSocket;

class FetchTest : public ::testing::Test {
protected:
    FetchTest() : upstreams_(loop_, directory_), thread_([this] { loop_.run(); }) {}
    ~FetchTest() override {
        std::promise<void> closed;
        loop_.post([&] {
            upstreams_.close_idle();
            loop_.post([&] { closed.set_value(); });
        });
        closed.get_future().wait();
        loop_.stop();
        thread_.join();
    }

    Fetched fetch_from(std::uint16_t port, FetchRequest request) {
        config::Service service;
        service.name = "backend";
        config::Endpoint endpoint;
        endpoint.kind = config::Endpoint::Kind::http;
        endpoint.host = "localhost";
        endpoint.port = port;
        service.at = {endpoint};
        const Cluster cluster(service);
        request.deadline = Clock::now() + 2s;
        std::promise<Fetched> promise;
        loop_.post([&] {
            upstreams_.attach(cluster);
            spawn(run(cluster, request, promise));
        });
        return promise.get_future().get();
    }
    Task<> run(const Cluster& cluster, const FetchRequest& request, std::promise<Fetched>& promise) {
        Fetched fetched = co_await fetch(loop_, cluster, request);
        promise.set_value(std::move(fetched));
    }

    IoLoop loop_{0};
    Directory directory_;
    Upstreams upstreams_;
    std::thread thread_;
};

FetchRequest get() {
    FetchRequest request;
    request.target = "/check?x=1";
    request.fields = "x-a: b\r\n";
    return request;
}

TEST_F(FetchTest, SendsAndReceivesAWholeMessage) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        seen.set_value(FakeUpstream::receive_head(client));
        client.send(
            "HTTP/1.1 200 OK\r\nX-User-ID: 42\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    });
    const Fetched fetched = fetch_from(upstream.port(), get());
    EXPECT_EQ(fetched.outcome, Outcome::ok);
    EXPECT_EQ(fetched.status, 200);
    EXPECT_EQ(fetched.body, "abc");
    ASSERT_EQ(fetched.fields.size(), 1u);
    EXPECT_EQ(fetched.fields[0].second, "42");
    const std::string head = seen.get_future().get();
    EXPECT_TRUE(head.starts_with("GET /check?x=1 HTTP/1.1\r\nhost: localhost:")) << head;
    EXPECT_NE(head.find("x-a: b\r\n"), std::string::npos);
}

struct Broken {
    const char* name;
    const char* raw;
    Outcome outcome;
};
class BrokenFetchTest : public FetchTest, public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenFetchTest, SaysHowItEnded) {
    FakeUpstream upstream([](RawSocket& client) {
        FakeUpstream::receive_head(client);
        client.send(GetParam().raw);
    });
    FetchRequest request = get();
    request.response_bytes_max = 10;
    EXPECT_EQ(fetch_from(upstream.port(), request).outcome, GetParam().outcome);
}

const Broken kBroken[] = {
    {"Nothing", "", Outcome::reset},
    {"Truncated", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal", Outcome::reset},
    {"Garbage", "hello\r\n\r\n", Outcome::bad_response},
    {"TooLarge", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", Outcome::too_large},
};
INSTANTIATE_TEST_SUITE_P(Table, BrokenFetchTest, ::testing::ValuesIn(kBroken),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(FetchTest, GivesUpAtTheDeadline) {
    FakeUpstream upstream([](RawSocket& client) { client.receive_all(); });
    EXPECT_EQ(fetch_from(upstream.port(), get()).outcome, Outcome::timeout);
}

}  // namespace

}  // namespace gatehouse::upstream

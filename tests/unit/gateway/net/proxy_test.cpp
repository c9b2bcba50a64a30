#include <atomic>
#include <string>

#include "support/test_gateway.hpp"

namespace gatehouse::net::test {

namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers every request on a connection in the same way.
FakeUpstream::Script always(std::string response) {
    return [response = std::move(response)](RawSocket& client) {
        while (!FakeUpstream::receive_head(client).empty()) client.send(response);
    };
}

// Answers one request and ends the connection.
FakeUpstream::Script once(std::string response) {
    return [response = std::move(response)](RawSocket& client) {
        if (!FakeUpstream::receive_head(client).empty()) client.send(response);
    };
}

std::uint16_t unused_port() {
    auto bound = bind_listener({.host = "127.0.0.1"});
    return bound->port();
}

class ProxyTest : public GatewayTest {
protected:
    void proxy_to(std::vector<std::uint16_t> ports) {
        add_service("backend", std::move(ports));
        add_route("/**", "backend");
    }
};

TEST_F(ProxyTest, ReusesOneConnectionForManyRequests) {
    FakeUpstream upstream(always(std::string(kOk)));
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    for (int i = 0; i < 20; ++i) {
        client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        EXPECT_EQ(receive_response(client).body, "ok");
    }
    EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(ProxyTest, SendsTheCanonicalRequest) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        seen.set_value(FakeUpstream::receive_head(client));
        client.send(kOk);
        FakeUpstream::receive_head(client);
    });
    proxy_to({upstream.port()});
    configuration_.routes.front().path = "/api/**";
    configuration_.routes.front().rewrite = "/v2/**";
    serve();
    const Response response =
        ask("GET //api/./a%62/?q=1 HTTP/1.1\r\nHost: GW.test\r\nX-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
            "X_Forwarded_Host: evil\r\nForwarded: for=6.6.6.6\r\nConnection: x-drop\r\nX-Drop: 1\r\nX-Keep: 2\r\n"
            "Via: 1.1 front\r\nX-Test-User: 42\r\nX-Test-Roles: admin\r\n\r\n");
    EXPECT_EQ(response.status, 200);
    const std::string head = seen.get_future().get();
    EXPECT_TRUE(head.starts_with("GET /v2/ab/?q=1 HTTP/1.1\r\nhost: gw.test\r\n") ||
                head.starts_with("GET /v2/ab?q=1 HTTP/1.1\r\nhost: gw.test\r\n"))
        << head;
    for (const char* expected :
         {"x-keep: 2\r\n", "x-forwarded-for: 127.0.0.1\r\n", "x-forwarded-proto: http\r\n",
          "x-forwarded-host: gw.test\r\n", "via: 1.1 front, 1.1 gatehouse\r\n", "x-request-id: test-request\r\n",
          "traceparent: 00-", "x-user-id: 42\r\n", "x-user-roles: admin\r\n"}) {
        EXPECT_NE(head.find(expected), std::string::npos) << expected << " in\n" << head;
    }
    for (const char* unwanted : {"6.6.6.6", "evil", "x-drop", "connection"}) {
        EXPECT_EQ(head.find(unwanted), std::string::npos) << unwanted << " in\n" << head;
    }
}

TEST_F(ProxyTest, BelievesForwardingFieldsOfTrustedProxies) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        seen.set_value(FakeUpstream::receive_head(client));
        client.send(kOk);
    });
    proxy_to({upstream.port()});
    config::Network loopback;
    loopback.address = *pipeline::parse_address("127.0.0.0");
    loopback.prefix_bits = 104;
    configuration_.gateway.trusted_proxies = {loopback};
    serve();
    get("/x", "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 127.0.0.5\r\nX-Forwarded-Proto: https\r\n");
    const std::string head = seen.get_future().get();
    EXPECT_NE(head.find("x-forwarded-for: 1.1.1.1, 203.0.113.9, 127.0.0.5, 127.0.0.1\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("x-forwarded-proto: https\r\n"), std::string::npos) << head;
}

struct UpstreamAnswer {
    const char* name;
    std::string raw;
    int status;
    std::string body;  // of a good answer, or the reason of a refusal
    bool may_reuse = false;
};
void PrintTo(const UpstreamAnswer& answer, std::ostream* out) { *out << answer.name; }

class UpstreamAnswerTest : public ProxyTest, public ::testing::WithParamInterface<UpstreamAnswer> {};

TEST_P(UpstreamAnswerTest, ReachesTheClientAsItShould) {
    FakeUpstream upstream(once(GetParam().raw));
    proxy_to({upstream.port()});
    serve();
    const Response response = get("/x");
    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_EQ(response.status < 500 ? response.body : response.field("gatehouse-error"), GetParam().body);
    EXPECT_EQ(response.field("x-user-id"), "");
    EXPECT_EQ(response.field("x-int"), "");
    EXPECT_EQ(response.status > 0 ? response.field("server") : "gatehouse", "gatehouse");
}

const UpstreamAnswer kAnswers[] = {
    {"Length", std::string(kOk), 200, "ok"},
    {"Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3;x=y\r\n,ok\r\n0\r\nT: r\r\n\r\n",
     200, "ok,ok"},
    {"UntilClose", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello"},
    {"Interim", "HTTP/1.1 100 Continue\r\n\r\n" + std::string(kOk), 200, "ok"},
    {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
    {"HopFields",
     "HTTP/1.1 200 OK\r\nConnection: X-Int\r\nX-Int: s\r\nX-User-ID: 42\r\nServer: leaky\r\nContent-Length: 0\r\n\r\n",
     200, ""},
    {"ExtraOctets", std::string(kOk) + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", 200, "ok"},
    {"Garbage", "garbage\r\n\r\n", 502, "upstream_bad_response"},
    {"BothLengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502,
     "upstream_bad_response"},
    {"Unasked101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", 502, "upstream_bad_response"},
    {"Nothing", "", 502, "upstream_reset"},
    {"HalfAHead", "HTTP/1.1 200 OK\r\nConte", 502, "upstream_reset"},
    {"ShortBody", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", -1, "hello"},
    {"ShortChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", -1, "hel"},
    {"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 502, "upstream_bad_response"},
};
INSTANTIATE_TEST_SUITE_P(Table, UpstreamAnswerTest, ::testing::ValuesIn(kAnswers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(ProxyTest, NeverGivesLeftOverOctetsToTheNextRequest) {
    FakeUpstream upstream(always(std::string(kOk) + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    for (int i = 0; i < 5; ++i) {
        client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        EXPECT_EQ(receive_response(client).body, "ok");
    }
    EXPECT_EQ(upstream.connections(), 5);
}

TEST_F(ProxyTest, AsksAgainWhenAKeptConnectionTurnsOutToBeStale) {
    // The second request on a connection is answered with its end.
    FakeUpstream upstream([](RawSocket& client) {
        FakeUpstream::receive_head(client);
        client.send(kOk);
        FakeUpstream::receive_head(client);
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    for (int i = 0; i < 6; ++i) {
        client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        EXPECT_EQ(receive_response(client).body, "ok");
    }
    client.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1\r\n\r\n1");
    EXPECT_EQ(receive_response(client).field("gatehouse-error"), "upstream_reset");
}

TEST_F(ProxyTest, PassesOverAnEndpointThatIsDown) {
    FakeUpstream upstream(always(std::string(kOk)));
    proxy_to({unused_port(), upstream.port()});
    serve();
    RawSocket client = connect();
    for (int i = 0; i < 10; ++i) {
        client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        EXPECT_EQ(receive_response(client).body, "ok");
    }
}

TEST_F(ProxyTest, SaysWhenNobodyCanBeReached) {
    proxy_to({unused_port()});
    serve();
    const Response response = get("/x");
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(response.field("gatehouse-error"), "connect_failed");
}

TEST_F(ProxyTest, GivesUpOnASilentUpstream) {
    FakeUpstream upstream([](RawSocket& client) { client.receive_all(); });
    proxy_to({upstream.port()});
    configuration_.routes.front().effective.total_timeout = std::chrono::milliseconds(50);
    serve();
    const Response response = get("/x");
    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(response.field("gatehouse-error"), "upstream_timeout");
}

TEST_F(ProxyTest, LetsRequestsWaitForAConnectionButNotForEver) {
    std::promise<void> go;
    std::shared_future<void> started = go.get_future().share();
    FakeUpstream upstream([started](RawSocket& client) {
        while (!FakeUpstream::receive_head(client).empty()) {
            started.wait();
            client.send(kOk);
        }
    });
    proxy_to({upstream.port()});
    configuration_.services["backend"].pool = {.connections = 1, .queue = 1, .queue_timeout = std::chrono::seconds(4)};
    serve();
    RawSocket first = connect(), second = connect();
    first.send("GET /1 HTTP/1.1\r\nHost: gw.test\r\n\r\n");
    ASSERT_TRUE(wait_until([&] { return upstream.connections() == 1; }));
    second.send("GET /2 HTTP/1.1\r\nHost: gw.test\r\n\r\n");
    ASSERT_TRUE(wait_until([&] { return pools_.pools().front()->waiting == 1; }));
    const Response third = get("/3");
    EXPECT_EQ(third.status, 503);
    EXPECT_EQ(third.field("gatehouse-error"), "queue_full");
    EXPECT_NE(third.field("retry-after"), "");
    go.set_value();
    EXPECT_EQ(receive_response(first).body, "ok");
    EXPECT_EQ(receive_response(second).body, "ok");
    EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(ProxyTest, StreamsALargeBodyBothWays) {
    constexpr std::size_t kSize = 8 * 1024 * 1024;
    FakeUpstream upstream([](RawSocket& client) {
        const std::string head = FakeUpstream::receive_head(client);
        client.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
        for (std::size_t left = kSize; left > 0;) {
            const std::string piece = client.take(std::min<std::size_t>(left, 50'000));
            if (piece.empty()) return;
            client.send(piece);
            left -= piece.size();
        }
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    std::thread sender([&] {
        client.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
        const std::string piece(64 * 1024, 's');
        for (std::size_t sent = 0; sent < kSize; sent += piece.size()) client.send(piece);
    });
    const Response response = receive_response(client);
    sender.join();
    EXPECT_EQ(response.body.size(), kSize);
    EXPECT_EQ(response.body.find_first_not_of('s'), std::string::npos);
}

TEST_F(ProxyTest, ReframesAChunkedUpload) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        FakeUpstream::receive_head(client);
        seen.set_value(client.take_until("0\r\n\r\n"));
        client.send(kOk);
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n");
    ASSERT_TRUE(wait_until([&] { return upstream.connections() == 1; }));
    client.send("3\r\ndef\r\n0\r\nX-User-ID: 1\r\n\r\n");
    EXPECT_EQ(receive_response(client).body, "ok");
    EXPECT_EQ(seen.get_future().get(), "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
}

TEST_F(ProxyTest, SendsAShortChunkedBodyWithALength) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        const std::string head = FakeUpstream::receive_head(client);
        seen.set_value(head + client.take(6));
        client.send(kOk);
    });
    proxy_to({upstream.port()});
    serve();
    ask("POST /x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
    const std::string request = seen.get_future().get();
    EXPECT_NE(request.find("content-length: 6\r\n\r\nabcdef"), std::string::npos) << request;
}

TEST_F(ProxyTest, PassesOnAnAnswerThatComesBeforeTheBody) {
    FakeUpstream upstream([](RawSocket& client) {
        FakeUpstream::receive_head(client);
        client.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        client.receive_all();
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect();
    client.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1000000\r\n\r\nstart");
    const Response response = receive_response(client);
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.field("connection"), "close");
}

TEST_F(ProxyTest, TellsAClientThatItsBodyIsCutOffOrBroken) {
    std::atomic<bool> looked_complete{false};
    FakeUpstream upstream([&](RawSocket& client) {
        FakeUpstream::receive_head(client);
        if (client.receive_all().ends_with("0\r\n\r\n")) looked_complete = true;
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket cut = connect();
    cut.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 10\r\n\r\nhello");
    cut.shutdown_send();
    EXPECT_EQ(receive_response(cut).status, 400);
    RawSocket broken = connect();
    broken.send("POST /x HTTP/1.1\r\nHost: gw.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    ASSERT_TRUE(wait_until([&] { return upstream.connections() == 2; }));
    broken.send("zz\r\n");
    EXPECT_EQ(receive_response(broken).status, 400);
    EXPECT_FALSE(looked_complete);
}

TEST_F(ProxyTest, LetsGoOfTheUpstreamWhenTheClientGoes) {
    for (const bool reset : {true, false}) {
        std::promise<void> asked, closed;
        FakeUpstream upstream([&](RawSocket& client) {
            FakeUpstream::receive_head(client);
            asked.set_value();
            client.receive_all();
            closed.set_value();
        });
        configuration_.services.clear();
        configuration_.routes.clear();
        proxy_to({upstream.port()});
        serve();
        RawSocket client = connect();
        client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        asked.get_future().wait();
        reset ? client.reset() : client.close();
        EXPECT_EQ(closed.get_future().wait_for(2s), std::future_status::ready);
    }
}

TEST_F(ProxyTest, DoesNotReadAheadOfASlowClient) {
    std::atomic<std::size_t> poured{0};
    constexpr std::size_t kSize = 64 * 1024 * 1024;
    FakeUpstream upstream([&](RawSocket& client) {
        FakeUpstream::receive_head(client);
        client.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
        const std::string piece(64 * 1024, 'p');
        while (poured < kSize && client.send(piece)) poured += piece.size();
    });
    proxy_to({upstream.port()});
    serve();
    RawSocket client = connect(16 * 1024);
    client.send("GET /x HTTP/1.1\r\nHost: gw.test\r\n\r\n");
    ASSERT_TRUE(client.receive_until("\r\n\r\n"));
    // What the kernel's buffers hold on three sockets; far from everything.
    std::size_t before = 0;
    ASSERT_TRUE(wait_until([&] {
        const std::size_t now = poured;
        const bool is_still = now == before && now > 0;
        before = now;
        std::this_thread::sleep_for(50ms);
        return is_still;
    }));
    EXPECT_LT(poured, kSize / 2);
    client.reset();
}

}  // namespace

}  // namespace gatehouse::net::test

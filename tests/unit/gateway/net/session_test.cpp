#include <string>

#include "support/test_gateway.hpp"

namespace gatehouse::net::test {

namespace {

class SessionTest : public GatewayTest {
protected:
    void serve_probe() {
        add_plugin();
        add_route("/**", "probe");
        serve();
    }
};

struct Refusal {
    const char* name;
    std::string request;
    int status;
    const char* reason;
    bool closes;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

class RefusalTest : public SessionTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(RefusalTest, AnswersWithItsReason) {
    configuration_.gateway.limits.header_bytes = 2048;
    add_plugin();
    add_route("/**", "probe").methods = {};
    configuration_.routes.front().path = "/only/**";
    add_route("/only-get", "probe").methods = {"GET"};
    add_route("/hello", "probe");
    add_route("/echo", "probe").effective.max_body = 1000;
    serve();
    RawSocket client = connect();
    client.send(GetParam().request);
    const Response response = receive_response(client);
    EXPECT_EQ(response.status, GetParam().status);
    EXPECT_EQ(response.field("gatehouse-error"), GetParam().reason);
    EXPECT_EQ(response.field("content-type"), "application/problem+json");
    EXPECT_EQ(response.field("connection"), GetParam().closes ? "close" : "");
    if (GetParam().closes) {
        client.shutdown_send();
        EXPECT_EQ(client.receive_all(), "");
        EXPECT_FALSE(client.timed_out());
    } else {
        client.send("GET /hello HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        EXPECT_EQ(receive_response(client).body, "hello");
    }
}

const Refusal kRefusals[] = {
    {"Garbage", "BAD\r\n\r\n", 400, "bad_method", true},
    {"HeadTooLarge", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(4000, 'x') + "\r\n\r\n", 431, "head_too_large",
     true},
    {"NoRoute", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404, "no_route", false},
    {"WrongMethod", "PUT /only-get HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed", false},
    {"Trace", "TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed", false},
    {"Connect", "CONNECT a:22 HTTP/1.1\r\nHost: a:22\r\n\r\n", 501, "connect_not_supported", true},
    {"Loop", "GET /hello HTTP/1.1\r\nHost: a\r\nVia: 1.1 gatehouse\r\n\r\n", 508, "loop_detected", false},
    {"LargeBodyAnnounced", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nx", 413, "body_too_large",
     true},
    {"LargeBodyInChunks",
     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n" + std::string(1500, 'x') +
         "\r\n0\r\n\r\n",
     413, "body_too_large", true},
    {"BadChunk", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad_chunk_size",
     true},
    {"EncodedSlash", "GET /only/a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n", 400, "encoded_slash", false},
};
INSTANTIATE_TEST_SUITE_P(Table, RefusalTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(SessionTest, AnswersPipelinedRequestsInOrder) {
    serve_probe();
    RawSocket client = connect();
    client.send(
        "GET /worker HTTP/1.1\r\nHost: a\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
        "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(client).body, "hello");
    EXPECT_EQ(receive_response(client).body, "one");
    EXPECT_EQ(receive_response(client).status, 404);
    const Response last = receive_response(client);
    EXPECT_EQ(last.field("connection"), "close");
    client.shutdown_send();
    EXPECT_EQ(client.receive_all(), "");
}

TEST_F(SessionTest, AnswersManyPipelinedRequestsThroughOneSmallBuffer) {
    serve_probe();
    RawSocket client = connect();
    std::string requests;
    for (int i = 0; i < 2000; ++i)
        requests += "GET /hello HTTP/1.1\r\nHost: a\r\nX-Padding: aaaaaaaaaaaaaaaaaaaa\r\n\r\n";
    std::thread sender([&] { client.send(requests); });
    RawSocket& reader = client;
    int answered = 0;
    while (answered < 2000 && receive_response(reader).body == "hello") ++answered;
    sender.join();
    EXPECT_EQ(answered, 2000);
}

TEST_F(SessionTest, UnderstandsARequestThatComesOctetByOctet) {
    serve_probe();
    RawSocket client = connect();
    for (const char octet : std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")) {
        client.send({&octet, 1});
    }
    EXPECT_EQ(receive_response(client).body, "hello");
}

TEST_F(SessionTest, AnswersAClientThatHasFinishedSending) {
    serve_probe();
    RawSocket client = connect();
    client.send("GET /worker HTTP/1.1\r\nHost: a\r\n\r\n");
    client.shutdown_send();
    EXPECT_EQ(receive_response(client).body, "hello");
}

TEST_F(SessionTest, SaysContinueOnlyToARequestThatWasLetIn) {
    serve_probe();
    RawSocket client = connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(client.take_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    EXPECT_EQ(receive_response(client).body, "hello");

    RawSocket refused = connect();
    refused.send("POST /nowhere HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    const Response response = receive_response(refused);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.field("connection"), "close");
}

TEST_F(SessionTest, GivesHeadTheFieldsWithoutTheBody) {
    serve_probe();
    RawSocket client = connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nHEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
    const Response first = receive_response(client, true);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.field("content-length"), "5");
    EXPECT_EQ(receive_response(client, true).status, 404);
}

TEST_F(SessionTest, ServesHttp10Clients) {
    serve_probe();
    RawSocket client = connect();
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(receive_response(client).field("connection"), "keep-alive");
    client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string all = client.receive_all();
    EXPECT_EQ(all.find("transfer-encoding"), std::string::npos);
    EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, 6u + 64 * 64 * 1024);
}

TEST_F(SessionTest, SaysWhoItIsOnEveryAnswer) {
    serve_probe();
    const Response response = get("/hello");
    EXPECT_EQ(response.field("server"), "gatehouse");
    EXPECT_EQ(response.field("x-request-id"), "test-request");
    EXPECT_NE(response.field("date"), "");
}

TEST_F(SessionTest, AnswersOptionsForTheServerItself) {
    serve_probe();
    const Response response = ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(response.status, 204);
    EXPECT_NE(response.field("allow"), "");
}

TEST_F(SessionTest, RedirectsWithRestAndQuery) {
    add_plugin();
    auto& route = add_route("/old/**", "");
    route.redirect = config::Redirect{"/new/**", 308};
    serve();
    const Response response = get("/old/a/b?c=d");
    EXPECT_EQ(response.status, 308);
    EXPECT_EQ(response.field("location"), "/new/a/b?c=d");
}

TEST_F(SessionTest, GivesUpOnAHeadThatDoesNotCome) {
    configuration_.gateway.limits.header_timeout = std::chrono::milliseconds(50);
    serve_probe();
    RawSocket slow = connect();
    slow.send("GET /hel");
    EXPECT_EQ(receive_response(slow).status, 408);
    RawSocket silent = connect();
    EXPECT_EQ(silent.receive_all(), "");
    EXPECT_FALSE(silent.timed_out());
}

TEST_F(SessionTest, GivesUpOnABodyThatDoesNotCome) {
    configuration_.gateway.limits.body_timeout = std::chrono::milliseconds(50);
    serve_probe();
    RawSocket slow = connect();
    slow.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    EXPECT_EQ(receive_response(slow).status, 408);
}

TEST_F(SessionTest, ClosesQuietConnectionsInTime) {
    configuration_.gateway.limits.keepalive_timeout = std::chrono::milliseconds(50);
    serve_probe();
    RawSocket client = connect();
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(client).body, "hello");
    EXPECT_EQ(client.receive_all(), "");
    EXPECT_FALSE(client.timed_out());
}

TEST_F(SessionTest, MakesRoomByClosingTheConnectionThatIsIdleLongest) {
    configuration_.gateway.limits.connections = 2;
    serve_probe();
    RawSocket first = connect();
    first.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(first).body, "hello");
    RawSocket second = connect();
    second.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(second).body, "hello");
    RawSocket third = connect();
    third.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(third).body, "hello");
    EXPECT_EQ(first.receive_all(), "");
    EXPECT_FALSE(first.timed_out());
    second.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(second).body, "hello");
}

TEST_F(SessionTest, FinishesWhatIsInFlightWhenItDrains) {
    serve_probe();
    RawSocket idle = connect();
    idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(idle).body, "hello");
    RawSocket busy = connect();
    busy.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    ASSERT_TRUE(wait_until([&] { return session_count() == 2; }));
    std::promise<void> empty;
    on_loop([&] {
        server_->begin_drain();
        server_->when_empty([&] { empty.set_value(); });
    });
    EXPECT_EQ(idle.receive_all(), "");
    EXPECT_FALSE(idle.timed_out());
    busy.send("llo");
    const Response last = receive_response(busy);
    EXPECT_EQ(last.body, "hello");
    busy.close();
    EXPECT_EQ(empty.get_future().wait_for(5s), std::future_status::ready);
}

TEST_F(SessionTest, KeepsASnapshotForTheRequestsThatItRouted) {
    serve_probe();
    RawSocket client = connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    ASSERT_TRUE(wait_until([&] { return session_count() == 1; }));
    configuration_.routes.clear();
    add_route("/other/**", "probe");
    serve();
    client.send("llo");
    EXPECT_EQ(receive_response(client).body, "hello");
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(client).status, 404);
}

}  // namespace

}  // namespace gatehouse::net::test

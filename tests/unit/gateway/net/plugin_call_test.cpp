#include <string>

#include "support/test_gateway.hpp"

namespace gatehouse::net::test {

namespace {

class PluginCallTest : public GatewayTest {
protected:
    void SetUp() override {
        add_plugin();
        add_route("/**", "probe");
        serve();
    }
};

TEST_F(PluginCallTest, AnswersOnTheLoopAndFromAWorker) {
    EXPECT_EQ(get("/hello").body, "hello");
    EXPECT_EQ(get("/worker").body, "hello");
}

TEST_F(PluginCallTest, LetsThePluginTryAgainAfterARefusedAnswer) {
    const Response response = get("/thrice");
    EXPECT_EQ(response.body, "good");
    EXPECT_EQ(response.field("x-bad"), "");
}

TEST_F(PluginCallTest, GuardsRoutesAsThePluginAsked) {
    const Response anonymous = get("/who");
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(anonymous.field("www-authenticate"), "Bearer");
    EXPECT_EQ(get("/who", "X-Test-User: 7\r\n").body, "7");
    EXPECT_EQ(get("/admin", "X-Test-User: 7\r\n").status, 403);
    EXPECT_EQ(get("/admin", "X-Test-User: 7\r\nX-Test-Roles: admin\r\n").status, 200);
    EXPECT_EQ(get("/internal", "X-Test-User: 7\r\n").status, 404);
    EXPECT_EQ(get("/internal", "X-Test-Service: posts\r\n").status, 200);
}

TEST_F(PluginCallTest, GathersTheBodyHoweverItComes) {
    const std::string large(90'000, 'b');
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n" + large).body, large);
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX: "
                  "y\r\n\r\n")
                  .body,
              "hello");
    EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n").status, 413);
}

TEST_F(PluginCallTest, TurnsGivingUpIntoAnErrorOrACut) {
    const Response response = get("/abort");
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.field("gatehouse-error"), "plugin_failed");
    EXPECT_EQ(get("/broken").status, -1);
}

TEST_F(PluginCallTest, AnswersForAPluginThatIsLateAndWaitsForIt) {
    RawSocket client = connect();
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    const Response response = receive_response(client);
    EXPECT_EQ(response.status, 504);
    EXPECT_EQ(response.field("gatehouse-error"), "plugin_timeout");
    client.close();
    EXPECT_TRUE(wait_until([this] { return session_count() == 0; }));
    EXPECT_EQ(generation_->in_flight(), 0u);
}

TEST_F(PluginCallTest, TellsThePluginThatTheClientHasGone) {
    RawSocket reset = connect();
    reset.send("GET /patient HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(wait_until([this] { return generation_->in_flight() == 1; }));
    reset.reset();
    EXPECT_TRUE(wait_until([this] { return generation_->in_flight() == 0; }));

    RawSocket closed = connect();
    closed.send("GET /patient HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(wait_until([this] { return generation_->in_flight() == 1; }));
    closed.close();
    EXPECT_TRUE(wait_until([this] { return generation_->in_flight() == 0; }));
    EXPECT_TRUE(wait_until([this] { return session_count() == 0; }));
    EXPECT_EQ(completions_.reasons(), (std::vector<std::string>{"client_gone", "client_gone"}));
}

TEST_F(PluginCallTest, StreamsAsFastAsTheClientReads) {
    RawSocket client = connect(16 * 1024);
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    const Response response = receive_response(client);
    EXPECT_EQ(response.body.size(), 6u + 64 * 64 * 1024);
    client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(receive_response(client).body, "hello");
}

TEST_F(PluginCallTest, StopsStreamingToAClientThatHasGone) {
    RawSocket client = connect(16 * 1024);
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(client.receive_until("begin:"));
    client.reset();
    EXPECT_TRUE(wait_until([this] { return generation_->in_flight() == 0 && session_count() == 0; }));
}

TEST_F(PluginCallTest, EndsAnAnswerThatWouldGoOnWithItsHeadWhenNoMoreWasAskedFor) {
    RawSocket client = connect();
    client.send("HEAD /endless HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    const Response head = receive_response(client, true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("transfer-encoding"), "chunked");
    EXPECT_EQ(receive_response(client).body, "hello");
    EXPECT_TRUE(wait_until([this] { return generation_->in_flight() == 0; }));
}

TEST_F(PluginCallTest, LetsThePluginPullTheBody) {
    RawSocket client = connect();
    client.send("POST /pull HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
    std::string body(300'000, 'p');
    client.send(body);
    EXPECT_EQ(receive_response(client).body, "300000");
    client.send("POST /pull HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(receive_response(client).body, "5");
    client.send("POST /pull HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhere");
    EXPECT_EQ(receive_response(client).body, "4");
    EXPECT_EQ(generation_->counts().lent_bytes, 0u);
}

TEST_F(PluginCallTest, CountsAPieceOfABodyUntilItIsReleased) {
    RawSocket client = connect();
    client.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhere");
    EXPECT_EQ(receive_response(client).body, "kept");
    EXPECT_TRUE(wait_until([this] { return generation_->in_flight() == 0; }));
    EXPECT_EQ(generation_->counts().lent_bytes, 1u);
    EXPECT_EQ(generation_->holding(), (std::vector<std::string>{"1 pieces of a body that it has not released"}));
    EXPECT_EQ(get("/let-go").body, "gone");
    EXPECT_EQ(generation_->counts().lent_bytes, 0u);
    EXPECT_TRUE(wait_until([this] { return generation_->holding().empty(); }));
}

}  // namespace

}  // namespace gatehouse::net::test

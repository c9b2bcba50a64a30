#include "gateway/peer/peer_api.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <future>
#include <optional>

#include "gateway/upstream/call_fields.hpp"
#include "gateway/upstream/upstreams.hpp"
#include "tests/unit/gateway/host/test_host.hpp"
#include "tests/unit/gateway/net/support/fake_upstream.hpp"

namespace gatehouse::peer {
namespace {

using net::test::FakeUpstream;
using net::test::RawSocket;

const std::string kKey(32, 'k'), kOtherKey(32, 'o');

template <class T>
T made(Result<T> result) {
    return std::move(*result);
}

// What a service sends to the internal listener.
struct Question {
    std::string method = "GET", path = "/who", query = {};
    std::string to = "probe";  // x-gatehouse-service; empty = left out
    std::vector<std::pair<std::string, std::string>> fields = {};
    std::string body = {};
    // What its assertion is made out to; by default the request itself, from "posts" on behalf of user 7.
    std::string asserted_method = {}, asserted_path = {}, asserted_query = {}, audience = {};
    std::string from = "posts", key = kKey;
    std::int64_t issued_ago = 0;
    bool has_assertion = true;
};

struct Reply {
    int status = 0;
    std::string reason, body;
    std::vector<std::pair<std::string, std::string>> fields;
    bool has(std::string_view name) const {
        return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
    }
};

class Added final : public net::RequestHandler {
public:
    Task<> handle(pipeline::Exchange& exchange, std::string_view body) override {
        exchange.reply.status = 200;
        exchange.reply.body = exchange.identity.service + " says " + std::string(body);
        co_return;
    }
};

class PeerApiTest : public host::HostFixture {
protected:
    PeerApiTest()
        : verifier_(made(upstream::AssertionVerifier::create(std::span(&kKey, 1)))),
          signer_(made(upstream::AssertionSigner::create(kKey))),
          upstreams_(std::in_place, *loops_[0], directory_of_pools_),
          api_(*verifier_, signer_.get(), [this](std::string_view service) { return find(service); }),
          probe_(start("probe", "probe")) {
        api_.add("/gatehouse/added", added_);
    }
    ~PeerApiTest() override {
        run_on(*loops_[0], [this] { upstreams_.reset(); });
        run_on(*loops_[0], [] {});  // closed sockets are let go of
    }

    Target find(std::string_view service) {
        if (service == "probe") return {probe_, nullptr};
        if (service == "remote") return {nullptr, cluster_};
        return {};
    }

    void serve_remote_at(std::uint16_t port) {
        config::Service service;
        service.name = "remote";
        service.is_served = true;
        config::Endpoint endpoint;
        endpoint.kind = config::Endpoint::Kind::http;
        endpoint.host = "localhost";
        endpoint.port = port;
        service.at = {endpoint};
        cluster_ = std::make_shared<upstream::Cluster>(service);
        run_on(*loops_[0], [this] { upstreams_->attach(*cluster_); });
    }

    static std::string sign(const Question& question) {
        const auto signer = made(upstream::AssertionSigner::create(question.key));
        const auto either = [](const std::string& wanted, const std::string& other) -> std::string_view {
            return wanted.empty() ? other : wanted;
        };
        const std::string own = question.to.empty() ? std::string(upstream::kGatewayCluster) : question.to;
        const std::string_view query = either(question.asserted_query, question.query);
        const upstream::AssertedRequest asserted{either(question.audience, own),
                                                 either(question.asserted_method, question.method),
                                                 either(question.asserted_path, question.path), query, !query.empty()};
        upstream::AssertedIdentity identity;
        identity.id = "7";
        identity.service = question.from;
        std::string assertion;
        signer->sign(asserted, identity, std::time(nullptr) - question.issued_ago, assertion);
        return assertion;
    }

    Reply ask(Question question) {
        if (question.has_assertion) question.fields.emplace_back(upstream::kAssertionField, sign(question));
        return send(question);
    }
    Reply send(Question& question) {
        if (!question.to.empty()) question.fields.emplace_back(upstream::kServiceField, question.to);
        std::promise<Reply> replied;
        pipeline::Exchange exchange;
        exchange.loop = loops_[0].get();
        exchange.request.method = question.method;
        exchange.request.path = question.path;
        exchange.request.query = question.query;
        exchange.request.has_query = !question.query.empty();
        for (const auto& [name, value] : question.fields) exchange.request.fields.push_back({name, value});
        loops_[0]->post([&] { spawn(run(exchange, question.body, replied)); });
        return replied.get_future().get();
    }
    Task<> run(pipeline::Exchange& exchange, const std::string& body, std::promise<Reply>& replied) {
        co_await api_.handle(exchange, body);
        replied.set_value(
            {exchange.reply.status, std::string(exchange.reply.reason), exchange.reply.body, exchange.reply.fields});
    }

    std::unique_ptr<upstream::AssertionVerifier> verifier_;
    std::unique_ptr<upstream::AssertionSigner> signer_;
    upstream::Directory directory_of_pools_;
    std::optional<upstream::Upstreams> upstreams_;  // of the first loop
    Added added_;
    PeerApi api_;
    std::shared_ptr<host::Generation> probe_;
    std::shared_ptr<upstream::Cluster> cluster_;
};

TEST_F(PeerApiTest, HasAServiceAnsweredByAnotherOnBehalfOfItsUser) {
    const Reply reply = ask({});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "posts/7");
    EXPECT_TRUE(reply.has("content-type"));
    EXPECT_EQ(ask({.path = "/secret"}).body, "posts/7");  // an internal route
    EXPECT_EQ(ask({.path = "/inline", .query = "x=1"}).status, 200);
}

TEST_F(PeerApiTest, AnswersNobodyWhoseAssertionIsNotForThisRequest) {
    const struct {
        const char* name;
        Question question;
    } cases[] = {
        {"none", {.has_assertion = false}},
        {"none for the gateway itself", {.path = "/gatehouse/added", .to = "", .has_assertion = false}},
        {"another key", {.key = kOtherKey}},
        {"another method", {.asserted_method = "POST"}},
        {"another path", {.asserted_path = "/inline"}},
        {"another query", {.query = "x=1", .asserted_query = "x=2"}},
        {"another service", {.audience = "remote"}},
        {"the gateway instead of the service", {.audience = std::string(upstream::kGatewayCluster)}},
        {"a service instead of the gateway", {.path = "/gatehouse/added", .to = "", .audience = "probe"}},
        {"of a user, without a calling service", {.from = ""}},
        {"too old", {.issued_ago = upstream::kAssertionSkewSeconds + 2}},
        {"from the future", {.issued_ago = -upstream::kAssertionSkewSeconds - 2}},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.name);
        const Reply reply = ask(each.question);
        EXPECT_EQ(reply.status, 401);
        EXPECT_EQ(reply.reason, "unauthenticated");
        EXPECT_TRUE(reply.has("www-authenticate"));
        EXPECT_EQ(reply.body, "");
    }
}

TEST_F(PeerApiTest, AnswersNobodyWhoseAssertionIsMalformed) {
    const std::string good = sign({});
    for (const std::string& bad :
         {std::string(), std::string("v1"), std::string("v1.."), std::string("v2") + good.substr(2),
          good.substr(0, good.size() - 1), good + "A", good.substr(0, good.rfind('.') + 1), "Bearer " + good,
          std::string(100'000, 'v'), std::string("v1.\xff\xfe.\x80"), good + ", " + good}) {
        SCOPED_TRACE(bad.substr(0, 40));
        Question question;
        question.fields.emplace_back(upstream::kAssertionField, bad);
        EXPECT_EQ(send(question).status, 401);
    }
    Question twice;
    twice.fields = {{std::string(upstream::kAssertionField), good}, {std::string(upstream::kAssertionField), sign({})}};
    EXPECT_EQ(send(twice).status, 401);
}

TEST_F(PeerApiTest, TakesAnAssertionOnce) {
    Question question;
    question.fields.emplace_back(upstream::kAssertionField, sign(question));
    Question again = question;
    EXPECT_EQ(send(question).status, 200);
    EXPECT_EQ(send(again).status, 401);
}

TEST_F(PeerApiTest, BelievesNoIdentityButThatOfTheAssertion) {
    Question question{.fields = {{"x-user-id", "1"}, {"x-user-roles", "admin"}, {"x-session-id", "stolen"}}};
    EXPECT_EQ(ask(question).body, "posts/7");
    question.path = "/admin";
    EXPECT_EQ(ask(question).status, 403);
}

TEST_F(PeerApiTest, SaysWhatDoesNotExist) {
    const struct {
        const char* name;
        Question question;
        int status;
        const char* reason;
    } cases[] = {
        {"a service", {.to = "nobody"}, 503, "no_such_service"},
        {"a name that no service can have", {.to = "../probe"}, 503, "no_such_service"},
        {"a path of a service", {.path = "/nowhere"}, 404, ""},
        {"a method of a path", {.method = "DELETE", .path = "/echo"}, 405, ""},
        {"an operation", {.path = "/gatehouse/nothing", .to = ""}, 404, "no_route"},
        {"an operation below another", {.path = "/gatehouse/added/", .to = ""}, 404, "no_route"},
        {"the gateway's own pages", {.path = "/", .to = ""}, 404, "no_route"},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.name);
        const Reply reply = ask(each.question);
        EXPECT_EQ(reply.status, each.status);
        EXPECT_EQ(reply.reason, each.reason);
    }
    Question two;  // names of services: none is meant then, so the assertion is not for whom it is made out
    two.fields = {{std::string(upstream::kServiceField), "remote"}};
    EXPECT_EQ(ask(two).status, 401);
}

TEST_F(PeerApiTest, HandsWhatWasAddedTheServiceThatAsks) {
    const Question question{.method = "POST", .path = "/gatehouse/added", .to = "", .body = "hello"};
    EXPECT_EQ(ask(question).body, "posts says hello");
}

TEST_F(PeerApiTest, BoundsWhatIsSent) {
    EXPECT_EQ(api_.body_bytes_max(), PeerApi::kBodyBytesMax);  // the session's business
    EXPECT_EQ(ask({.method = "POST", .path = "/small", .body = "1234"}).body, "1234");
    EXPECT_EQ(ask({.method = "POST", .path = "/small", .body = "12345"}).status, 413);
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(ask({.method = "POST", .path = "/echo", .body = large}).body, large);
}

TEST_F(PeerApiTest, WaitsAsLongAsTheCallerSays) {
    const Reply reply = ask({.path = "/never", .fields = {{"x-gatehouse-timeout", "20"}}});
    EXPECT_EQ(reply.status, 504);
    EXPECT_EQ(reply.reason, "upstream_timeout");
    for (const char* const odd : {"", "-1", "1e3", " 5", "5 s", "99999999999999999999"}) {
        SCOPED_TRACE(odd);  // as if it were left out
        EXPECT_EQ(ask({.path = "/later", .fields = {{"x-gatehouse-timeout", odd}}}).status, 200);
    }
}

TEST_F(PeerApiTest, ForwardsToAServiceElsewhereInTheNameOfTheCaller) {
    std::promise<std::string> seen;
    FakeUpstream upstream([&](RawSocket& client) {
        seen.set_value(FakeUpstream::receive_head(client));
        client.send(
            "HTTP/1.1 201 Created\r\nX-Kept: yes\r\nX-User-ID: 1\r\nServer: other\r\nContent-Length: 2\r\n\r\nhi");
    });
    serve_remote_at(upstream.port());
    const Reply reply = ask({.method = "POST",
                             .path = "/things",
                             .query = "x=1",
                             .to = "remote",
                             .fields = {{"x-user-id", "1"}, {"x-own", "stays"}, {"x-gatehouse-timeout", "900"}},
                             .body = "{}"});
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.body, "hi");
    EXPECT_TRUE(reply.has("x-kept"));
    EXPECT_FALSE(reply.has("x-user-id") || reply.has("server"));
    const std::string head = seen.get_future().get();
    EXPECT_TRUE(head.starts_with("POST /things?x=1 HTTP/1.1\r\n")) << head;
    EXPECT_NE(head.find("x-own: stays\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("x-user-id: 7\r\n"), std::string::npos) << head;
    EXPECT_EQ(head.find("x-user-id: 1\r\n"), std::string::npos) << head;
    EXPECT_EQ(head.find("x-gatehouse-service"), std::string::npos) << head;
    const std::size_t begin = head.find("x-gatehouse-assertion: ") + 23;
    upstream::VerifiedIdentity identity;
    EXPECT_EQ(verifier_->verify(head.substr(begin, head.find("\r\n", begin) - begin),
                                {"remote", "POST", "/things", "x=1", true}, std::time(nullptr), identity),
              upstream::AssertionFailure::none);
    EXPECT_EQ(identity.service, "posts");
    EXPECT_EQ(identity.id, "7");
}

TEST_F(PeerApiTest, SaysHowAServiceElsewhereFailed) {
    const struct {
        const char* answer;
        int status;
    } cases[] = {{"", 502}, {"garbage\r\n\r\n", 502}, {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", 502}};
    for (const auto& each : cases) {
        SCOPED_TRACE(each.answer);
        FakeUpstream upstream([&](RawSocket& client) {
            FakeUpstream::receive_head(client);
            client.send(each.answer);
        });
        serve_remote_at(upstream.port());
        const Reply reply = ask({.method = "POST", .to = "remote"});
        EXPECT_EQ(reply.status, each.status);
        EXPECT_NE(reply.reason, "");
    }
}

}  // namespace
}  // namespace gatehouse::peer

// The HTTP client and spans from tasks, against scripted peers.
#include <gatehouse/service.hpp>
#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;
using gatehouse::testing::Answer;
using gatehouse::testing::PeerRequest;
using gatehouse::testing::TestHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr const char* kSampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Total {
    std::int64_t bytes = 0;
};
constexpr auto describe(Total*) { return fields(field("bytes", &Total::bytes)); }

class Asker final : public Service {
public:
    explicit Asker(Context& context) : context_(context) {
        context.get("/get", &Asker::get).on_loop();
        context.post("/send", &Asker::send).on_loop();
        context.get("/stream/{limit:int}", &Asker::stream).on_loop();
        context.get("/part", &Asker::part).on_loop();
        context.post("/upload", &Asker::upload).on_loop();
        context.get("/url", &Asker::url).on_loop();
        context.get("/bad", &Asker::bad).on_loop();
        context.get("/traced", &Asker::traced).on_loop();
    }
    task<Response> get(const Request& request) {
        const CallResponse answer =
            co_await context_.http().fetch("users", HttpRequest::get("/api/users?ids=1").on_behalf_of(request));
        co_return Response(answer.status).body(answer.body, "text/plain");
    }
    task<Total> send(Total total) {
        const CallResponse answer =
            co_await context_.http().fetch("users", HttpRequest::json("PUT", "/total", total).retries(2));
        co_return answer.json<Total>();
    }
    task<Response> stream(PathParam<std::int64_t> limit) {
        HttpStream answer = co_await context_.http().open("users", HttpRequest("GET", "/big"));
        std::string body = co_await answer.read_all(static_cast<std::size_t>(*limit));
        co_return Response(answer.status())
            .body(std::move(body), std::string(answer.header("Content-Type").value_or("")));
    }
    task<Response> part() {
        HttpStream answer = co_await context_.http().open("users", HttpRequest("GET", "/big"));
        const auto first = co_await answer.next();
        co_return Response::text(std::string(first->bytes()));
    }
    task<Response> upload() {
        auto pieces = std::make_shared<std::deque<std::string>>(std::deque<std::string>{"one ", "two ", "three"});
        const auto source = [pieces] { return next_of(pieces); };
        const CallResponse answer =
            co_await context_.http().fetch("users", HttpRequest("POST", "/up").body_from(source));
        co_return Response::text(answer.body);
    }
    static task<std::optional<std::string>> next_of(std::shared_ptr<std::deque<std::string>> pieces) {
        if (pieces->size() == 2) co_await sleep_for(10ms);
        if (pieces->empty()) co_return std::nullopt;
        std::string piece = std::move(pieces->front());
        pieces->pop_front();
        co_return piece;
    }
    task<Response> url(const Request& request) {
        const CallResponse answer =
            co_await context_.http().get(std::string(request.query<std::string>("origin").value_or("")), "/path?q=1");
        co_return Response::text(answer.body);
    }
    task<Response> bad() {
        const CallResponse answer =
            co_await context_.http().fetch("users", HttpRequest::get("/").header("X-User-ID", "1"));
        co_return Response(answer.status);
    }
    task<Response> traced(const Request& request) {
        Span span = context_.span("ask", request, SpanKind::client);
        span.set("peer", "users").set("attempt", 1);
        const CallResponse answer =
            co_await context_.http().fetch("users", HttpRequest::get("/").within(request).traced_by(span));
        if (!answer.ok()) span.fail("not ok");
        co_return Response(answer.status);
    }

private:
    Context& context_;
};

class HttpTest : public ::testing::Test {
protected:
    TestHost host{plugin_table<Asker>("asker", "1.0.0")};
};

TEST_F(HttpTest, CarriesWhoAsksAndTheDeadline) {
    PeerRequest seen;
    host.on_call("users", [&](const PeerRequest& request) {
        seen = request;
        return Answer{200, {}, "ann"};
    });
    const Answer answer = host.request("GET", "/get").as_user(7, "ann", {"admin"}).trace_parent(kSampled).send();
    EXPECT_EQ(answer.body, "ann");
    EXPECT_EQ(seen.target, "/api/users?ids=1");
    EXPECT_EQ(seen.user_id, 7);
    EXPECT_THAT(seen.user_roles, ElementsAre("admin"));
    EXPECT_EQ(seen.trace_parent, kSampled);
    EXPECT_THAT(seen.request_id, HasSubstr("request-"));
}

TEST_F(HttpTest, SendsAndReadsDescribedTypes) {
    host.on_call("users", [](const PeerRequest& request) { return Answer{200, {}, request.body}; });
    EXPECT_EQ(host.request("POST", "/send").json(R"({"bytes":3})").send().body, R"({"bytes":3})");
    host.on_call("users", [](const PeerRequest&) { return Answer{500, {}, "no"}; });
    EXPECT_EQ(host.request("POST", "/send").json(R"({"bytes":3})").send().status, 503);
}

TEST_F(HttpTest, AnswersUnavailableWhenNobodyAnswers) {
    EXPECT_EQ(host.request("GET", "/get").send().status, 503);
    EXPECT_THAT(host.logs().back().field("error"), HasSubstr("nobody there"));
    host.on_call("users", [](const PeerRequest&) -> Answer { throw CallFailed(GH_E_LIMIT, "full"); });
    EXPECT_EQ(host.request("GET", "/get").send().status, 503);
}

TEST_F(HttpTest, GivesUpAtTheDeadlineOfTheRequest) {
    host.on_call_never("users");
    const auto before = host.wall_time();
    EXPECT_EQ(host.request("GET", "/get").timeout(2s).send().status, 503);
    EXPECT_EQ(host.wall_time() - before, 2s);
}

TEST_F(HttpTest, CancelsWhenTheClientIsGone) {
    host.on_call_never("users");
    auto pending = host.request("GET", "/get").begin();
    pending.cancel();
    EXPECT_TRUE(pending.is_ended());
    pending = host.request("GET", "/get").begin();  // and at the drain deadline, when the host goes
}

TEST_F(HttpTest, ReadsAnAnswerInPieces) {
    host.on_call("users", [](const PeerRequest&) { return Answer{200, {{"content-type", "text/big"}}, "0123456789"}; });
    const Answer whole = host.request("GET", "/stream/10").send();
    EXPECT_EQ(whole.body, "0123456789");
    EXPECT_EQ(whole.header("content-type"), "text/big");
    EXPECT_EQ(host.request("GET", "/stream/9").send().status, 413);
    EXPECT_EQ(host.request("GET", "/part").send().body, "012");
}

TEST_F(HttpTest, SendsABodyThatIsMadeOnTheWay) {
    host.on_call("users", [](const PeerRequest& request) { return Answer{200, {}, request.body}; });
    EXPECT_EQ(host.request("POST", "/upload").send().body, "one two three");
}

TEST_F(HttpTest, AsksUrlsWithoutAnyIdentity) {
    PeerRequest seen;
    host.on_call("http://api.test:80", [&](const PeerRequest& request) {
        seen = request;
        return Answer{200, {}, "there"};
    });
    EXPECT_EQ(host.request("GET", "/url?origin=http://api.test:80").as_user(7, "ann").send().body, "there");
    EXPECT_EQ(seen.target, "/path?q=1");
    EXPECT_EQ(seen.user_id, 0);
    EXPECT_EQ(host.request("GET", "/url?origin=https://api.test").send().status, 503);
    EXPECT_THAT(host.logs().back().field("error"), HasSubstr("https"));
}

TEST_F(HttpTest, RefusesIdentityFieldsOfThePluginsMaking) {
    host.on_call("users", [](const PeerRequest&) { return Answer{200, {}, ""}; });
    EXPECT_EQ(host.request("GET", "/bad").send().status, 500);
    EXPECT_THAT(host.logs().back().field("error"), HasSubstr("reserved"));
}

TEST_F(HttpTest, SpansGoWithTheRequestWhenItIsSampled) {
    std::string seen;
    host.on_call("users", [&](const PeerRequest& request) {
        seen = request.trace_parent;
        return Answer{404, {}, ""};
    });
    host.request("GET", "/traced").trace_parent(kSampled).send();
    const auto spans = host.spans();
    ASSERT_EQ(spans.size(), 1u);
    EXPECT_EQ(spans[0].name, "ask");
    EXPECT_EQ(spans[0].parent, kSampled);
    EXPECT_EQ(spans[0].trace_parent, seen);
    EXPECT_THAT(spans[0].attributes, ElementsAre(Pair("peer", "users"), Pair("attempt", "1")));
    EXPECT_EQ(spans[0].message, "not ok");

    const std::string unsampled = std::string(kSampled).replace(53, 2, "00");
    host.request("GET", "/traced").trace_parent(unsampled).send();
    EXPECT_EQ(host.spans().size(), 1u);
    EXPECT_EQ(seen, unsampled);
}

}  // namespace

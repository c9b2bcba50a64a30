// The test host must notice plugins that break the ABI's rules: each route of this plugin breaks one.
#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <thread>

namespace {

using gatehouse::testing::Answer;
using gatehouse::testing::TestHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const gh_host* the_host = nullptr;  // of the one plugin instance alive
gh_bytes kept{};

gh_response response_of(std::int32_t code) {
    gh_response response{};
    response.size = sizeof(response);
    response.code = code;
    return response;
}

void reply(gh_request* request, const gh_response& response) { the_host->http->reply(request, &response); }

void twice(void*, gh_request* request, const gh_request_view*) {
    reply(request, response_of(200));
    reply(request, response_of(201));
}
void small(void*, gh_request* request, const gh_request_view*) {
    gh_response response = response_of(200);
    response.size = 8;
    reply(request, response);
    reply(request, response_of(200));
}
void code(void*, gh_request* request, const gh_request_view*) {
    reply(request, response_of(100));
    reply(request, response_of(200));
}
void framing(void*, gh_request* request, const gh_request_view*) {
    const gh_kv field{{"content-length", 14}, {"5", 1}};
    gh_response response = response_of(200);
    response.headers = &field;
    response.n_headers = 1;
    reply(request, response);
    reply(request, response_of(200));
}
void off_loop(void*, gh_request* request, const gh_request_view*) {
    const gh_response response = response_of(200);
    the_host->http->start(request, &response);
    reply(request, response);
}
void unstarted(void*, gh_request* request, const gh_request_view*) {
    the_host->http->finish(request, nullptr, 0);
    reply(request, response_of(200));
}
void leak(void*, gh_request* request, const gh_request_view*) {
    the_host->http->read(request, &kept, nullptr, nullptr);
    reply(request, response_of(200));
}
void hold(void*, gh_request* request, const gh_request_view*) {
    gh_op op{};
    the_host->hold(the_host, {"test", 4}, &op);
    reply(request, response_of(200));
}
void late_route(void*, gh_request* request, const gh_request_view*) {
    gh_route route{};
    route.size = sizeof(route);
    the_host->add_route(the_host, &route);
    reply(request, response_of(200));
}
void elsewhere(void*, gh_request* request, const gh_request_view*) {
    std::thread([request] { reply(request, response_of(202)); }).join();
}
void dropped(void*, gh_request* request, const gh_request_view*) { the_host->http->abort(request, nullptr); }

gh_status add(const gh_host* host, const char* pattern, void (*handle)(void*, gh_request*, const gh_request_view*),
              std::uint32_t flags) {
    gh_route route{};
    route.size = sizeof(route);
    route.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
    route.method = {"GET", 3};
    route.pattern = {pattern, std::strlen(pattern)};
    route.handle = handle;
    return host->add_route(host, &route);
}

gh_status create(const gh_host* host, gh_str, void** self) {
    the_host = host;
    *self = &the_host;
    add(host, "/twice", &twice, 0);
    add(host, "/small", &small, 0);
    add(host, "/code", &code, 0);
    add(host, "/framing", &framing, 0);
    add(host, "/off_loop", &off_loop, GH_ROUTE_BLOCKING);
    add(host, "/unstarted", &unstarted, 0);
    add(host, "/leak", &leak, GH_ROUTE_STREAM_IN);
    add(host, "/hold", &hold, 0);
    add(host, "/late_route", &late_route, 0);
    add(host, "/elsewhere", &elsewhere, GH_ROUTE_BLOCKING);
    add(host, "/dropped", &dropped, 0);
    return GH_OK;
}

void destroy(void*) {}

const gh_plugin* rude_plugin() {
    static const gh_plugin plugin = [] {
        gh_plugin table{};
        table.size = sizeof(table);
        table.id = {"rude", 4};
        table.version = {"1.0.0", 5};
        table.create = &create;
        table.destroy = &destroy;
        return table;
    }();
    return &plugin;
}

struct RudeCase {
    const char* path;
    const char* rule;
};

TEST(TestHostTest, NoticesEveryBrokenRule) {
    TestHost host(rude_plugin());
    const RudeCase cases[] = {{"/twice", "answered twice"},
                              {"/small", "bad size of gh_response"},
                              {"/code", "status code 100"},
                              {"/framing", "host's business"},
                              {"/off_loop", "start() off the loop"},
                              {"/unstarted", "finish() before start()"},
                              {"/late_route", "add_route() outside create()"}};
    for (const RudeCase& test : cases) {
        EXPECT_EQ(host.request("GET", test.path).send().status, 200) << test.path;
        EXPECT_THAT(host.take_violations(), ElementsAre(HasSubstr(test.rule))) << test.path;
    }
}

// EXPECT_NONFATAL_FAILURE would need a static function; the destructor's report is seen by its text instead.
TEST(TestHostTest, NoticesWhatIsNeverGivenBack) {
    auto host = std::make_unique<TestHost>(rude_plugin());
    host->request("GET", "/leak").body("x").send();
    host->request("GET", "/hold").send();
    ::testing::TestPartResultArray results;
    {
        const ::testing::ScopedFakeTestPartResultReporter reporter(
            ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
        host.reset();
    }
    ASSERT_EQ(results.size(), 2);
    EXPECT_THAT(results.GetTestPartResult(0).message(), HasSubstr("unhold()"));
    EXPECT_THAT(results.GetTestPartResult(1).message(), HasSubstr("gh_bytes"));
}

TEST(TestHostTest, TakesAnswersFromAnyThread) {
    TestHost host(rude_plugin());
    EXPECT_EQ(host.request("GET", "/elsewhere").send().status, 202);
    EXPECT_THAT(host.take_violations(), IsEmpty());
}

TEST(TestHostTest, TellsAnAbortedRequest) {
    TestHost host(rude_plugin());
    const Answer answer = host.request("GET", "/dropped").send();
    EXPECT_TRUE(answer.aborted);
    EXPECT_EQ(answer.status, 500);
}

TEST(TestHostTest, RefusesATableThatIsTooSmall) {
    gh_plugin table = *rude_plugin();
    table.size = 64;
    EXPECT_THROW(TestHost host(&table), std::runtime_error);
    EXPECT_THROW(TestHost host(nullptr), std::runtime_error);
}

}  // namespace

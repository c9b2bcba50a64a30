#include <gatehouse/testing.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/sdk/service/sample_service.hpp"

namespace {

using gatehouse::testing::Answer;
using gatehouse::testing::LogLine;
using gatehouse::testing::PeerRequest;
using gatehouse::testing::TestHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ServiceTest : public ::testing::Test {
protected:
    Answer write_note(const std::string& body) {
        return host.request("POST", "/api/notes").as_user(7).json(body).send();
    }
    Answer get(const std::string& target) { return host.request("GET", target).send(); }
    std::size_t errors_logged() const {
        std::size_t count = 0;
        for (const LogLine& line : host.logs()) count += line.level == GH_LOG_ERROR ? 1 : 0;
        return count;
    }

    TestHost host{sample::notes_plugin()};
};

TEST_F(ServiceTest, AnswersCreatedWithTheLocation) {
    const Answer answer = write_note(R"({"text":"hi","visibility":"private","unknown":1})");
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.header("location"), "/api/notes/1");
    EXPECT_EQ(answer.header("content-type"), "application/json");
    EXPECT_EQ(answer.body,
              R"({"id":1,"title":null,"text":"hi","visibility":"private","created_at":"2026-01-01T00:00:00.000Z"})");
    EXPECT_EQ(host.metric("notes_created_total", {"private"}), 1);
}

TEST_F(ServiceTest, KeepsWhatAUserIsShownOutOfSharedCaches) {
    write_note(R"({"text":"hi"})");
    const auto show = [this] { return host.request("GET", "/api/notes/1"); };
    EXPECT_EQ(show().as_user(7).send().header("cache-control"), "private, no-cache");
    EXPECT_EQ(show().send().header("cache-control"), "");
    EXPECT_EQ(host.request("GET", "/api/notes/99").as_user(7).send().header("cache-control"), "no-store");
}

TEST_F(ServiceTest, NamesEveryBadFieldAtOnce) {
    const Answer answer =
        write_note(R"({"title":"far too long a title","text":"","visibility":"maybe","tags":["ok","","toolong"]})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_THAT(answer.error_pointers(), ElementsAre("/title", "/text", "/visibility", "/tags/1", "/tags/2"));
    EXPECT_THAT(answer.json().at("instance").as_string().c_str(), ::testing::StartsWith("request-"));
}

TEST_F(ServiceTest, TakesAMissingContentTypeAsJsonAndRefusesAForeignOne) {
    EXPECT_EQ(host.request("POST", "/api/notes").as_user(7).body(R"({"text":"a"})").send().status, 201);
    EXPECT_EQ(host.request("POST", "/api/notes")
                  .as_user(7)
                  .body(R"({"text":"a"})", "application/merge-patch+json")
                  .send()
                  .status,
              201);
    EXPECT_EQ(host.request("POST", "/api/notes")
                  .as_user(7)
                  .body(R"({"text":"a"})", "APPLICATION/JSON; charset=utf-8")
                  .send()
                  .status,
              201);
    EXPECT_EQ(host.request("POST", "/api/notes").as_user(7).body(R"({"text":"a"})", "text/plain").send().status, 415);
    EXPECT_EQ(write_note("{\"text\":").status, 400);
}

TEST_F(ServiceTest, LeavesAdmissionToTheHost) {
    EXPECT_EQ(host.request("POST", "/api/notes").json(R"({"text":"a"})").send().status, 401);
    EXPECT_EQ(host.request("DELETE", "/api/notes/1").as_user(7).send().status, 403);
    EXPECT_EQ(host.request("DELETE", "/api/notes/1").as_user(7, "root", {"admin"}).send().status, 204);
    EXPECT_EQ(get("/api/found/1").status, 404);
    EXPECT_EQ(host.request("PUT", "/api/notes").send().status, 405);
    EXPECT_EQ(write_note(R"({"text":")" + std::string(2000, 'x') + "\"}").status, 413);
    EXPECT_EQ(get("/api/me").status, 401);
}

TEST_F(ServiceTest, AnswersAnEmptyOptionalWithNotFound) {
    write_note(R"({"text":"hi"})");
    EXPECT_EQ(host.request("GET", "/api/found/1").as_service("feed").send().status, 200);
    EXPECT_EQ(host.request("GET", "/api/found/2").as_service("feed").send().status, 404);
}

TEST_F(ServiceTest, AnswersAPathThatDoesNotParseWithNotFound) {
    EXPECT_EQ(get("/api/notes/abc").status, 404);
    EXPECT_EQ(get("/api/notes/99999999999999999999").status, 404);
    EXPECT_EQ(get("/api/fail/%FF").status, 404);
}

TEST_F(ServiceTest, HonoursEntityTags) {
    write_note(R"({"text":"hi"})");
    EXPECT_EQ(get("/api/notes/1").header("etag"), "\"v1\"");
    const Answer cached = host.request("GET", "/api/notes/1").header("If-None-Match", "\"x\", W/\"v1\"").send();
    EXPECT_EQ(cached.status, 304);
    EXPECT_EQ(cached.body, "");
    const auto change = [&](const std::string& tag) {
        return host.request("PATCH", "/api/notes/1").as_user(7).header("If-Match", tag).json("{}").send().status;
    };
    EXPECT_EQ(change("\"v2\""), 412);
    EXPECT_EQ(change("W/\"v1\""), 412);
    EXPECT_EQ(change("*"), 200);
    EXPECT_EQ(change("\"a,b\", \"v1\""), 200);
}

TEST_F(ServiceTest, PatchesOnlyWhatIsNamed) {
    write_note(R"({"text":"hi","title":"one"})");
    const auto patch = [&](const std::string& body) {
        return host.request("PATCH", "/api/notes/1").as_user(7).json(body).send();
    };
    EXPECT_EQ(patch(R"({"text":"new"})").json().at("title"), "one");
    EXPECT_TRUE(patch(R"({"title":null})").json().at("title").is_null());
    EXPECT_THAT(patch(R"({"text":null})").error_pointers(), ElementsAre("/text"));
}

TEST_F(ServiceTest, PagesWithSignedCursors) {
    for (int i = 0; i < 5; ++i) write_note(R"({"text":"hi"})");
    std::string cursor;
    std::vector<std::int64_t> seen;
    do {
        const auto page = get("/api/notes?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
        for (const auto& item : page.at("items").as_array()) seen.push_back(item.at("id").as_int64());
        cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").as_string().c_str();
    } while (!cursor.empty());
    EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(get("/api/notes?cursor=AAAA&limit=101&ids=1,x").error_pointers(), ElementsAre("?limit", "?ids"));
    EXPECT_THAT(get("/api/notes?cursor=AAAA").error_pointers(), ElementsAre("?cursor"));
    EXPECT_EQ(get("/api/notes?limit=%GG").status, 400);
}

TEST_F(ServiceTest, ReadsFormsAndSetsCookies) {
    const Answer answer = host.request("POST", "/api/login").form("username=ann+b&password=s%26t").send();
    EXPECT_EQ(answer.status, 500) << "a cookie's value may not have a space";
    const Answer good = host.request("POST", "/api/login").form("username=ann&password=s%26t").send();
    EXPECT_EQ(good.body, R"({"username":"ann"})") << "write_only is never sent";
    EXPECT_EQ(good.header("set-cookie"), "sid=ann; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax");
    EXPECT_EQ(host.request("POST", "/api/login").json("{}").send().status, 415);
    EXPECT_THAT(host.request("POST", "/api/login").form("username=").send().error_pointers(),
                ElementsAre("/username", "/password"));
}

TEST_F(ServiceTest, SealsWhateverAHandlerThrows) {
    for (const char* how : {"int", "bad_alloc", "std"}) {
        const Answer answer = get(std::string("/api/fail/") + how);
        EXPECT_EQ(answer.status, 500) << how;
        EXPECT_THAT(answer.body, Not(HasSubstr("secret text"))) << how;
        EXPECT_THAT(answer.body, HasSubstr("\"instance\":\"request-")) << how;
    }
    EXPECT_EQ(errors_logged(), 3);
    EXPECT_EQ(host.logs().back().field("error"), "secret text");
    EXPECT_EQ(host.logs().back().field("route"), "/api/fail/{how}");
}

TEST_F(ServiceTest, MapsExceptionsOfLibrariesOnce) {
    const Answer answer = get("/api/fail/mapped");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "7");
    EXPECT_EQ(errors_logged(), 0);
}

TEST_F(ServiceTest, SendsProblemsAsTheyAreThrown) {
    const Answer teapot = get("/api/fail/teapot");
    EXPECT_EQ(teapot.status, 418);
    EXPECT_EQ(teapot.json().at("type"), "https://example.org/tea");
    EXPECT_EQ(teapot.json().at("detail"), "short and stout");
    EXPECT_EQ(get("/api/fail/slow_down").header("Retry-After"), "3");
}

TEST_F(ServiceTest, PassesTheCallerOnToAPeer) {
    host.on_call("users", [](const PeerRequest& call) {
        EXPECT_EQ(call.target, "/api/users?ids=1");
        EXPECT_EQ(call.user_id, 7);
        EXPECT_THAT(call.user_roles, ElementsAre("admin"));
        EXPECT_THAT(call.request_id, HasSubstr("request-"));
        return Answer{200, {}, R"({"a":1})", false};
    });
    EXPECT_EQ(host.request("GET", "/api/peer").as_user(7, "ann", {"admin"}).send().body, R"({"a":1})");
}

TEST_F(ServiceTest, AnswersAFailedCallWithServiceUnavailable) {
    EXPECT_EQ(get("/api/peer").status, 503) << "nobody there";
    host.on_call("users", [](const PeerRequest&) -> Answer { throw gatehouse::CallFailed(GH_E_TIMEOUT, "late"); });
    EXPECT_EQ(get("/api/peer").status, 503) << "timeout";
    host.on_call("users", [](const PeerRequest&) { return Answer{404, {}, "", false}; });
    const Answer answer = get("/api/peer");
    EXPECT_EQ(answer.status, 503) << "the peer refused";
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_EQ(errors_logged(), 3);
}

TEST_F(ServiceTest, RefusesToBlockTheLoopWithACall) {
    EXPECT_EQ(get("/api/loop").status, 500);
    EXPECT_THAT(host.logs().back().field("error"), HasSubstr("loop"));
}

TEST_F(ServiceTest, ServesTwoServicesThatCallEachOther) {
    TestHost peer(sample::notes_plugin());
    peer.request("POST", "/api/notes").as_user(1).json(R"({"text":"there"})").send();
    host.on_call("users", [&](const PeerRequest&) { return peer.request("GET", "/api/notes/1").send(); });
    EXPECT_THAT(get("/api/peer").body, HasSubstr("there"));
}

TEST_F(ServiceTest, ServesManyThreadsAtOnce) {
    write_note(R"({"text":"hi"})");
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n) good += get("/api/notes/1").status == 200 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(good, 200);
}

TEST_F(ServiceTest, LogsFieldsAsText) {
    const LogLine line = host.logs().front();
    EXPECT_EQ(line.message, "notes are ready");
    EXPECT_EQ(line.field("max"), "100");
    EXPECT_EQ(line.field("ok"), "true");
}

TEST_F(ServiceTest, ListsItsMigrations) {
    ASSERT_EQ(host.migration_status().size(), 2);
    EXPECT_FALSE(host.migration_status().back().applied);
    EXPECT_EQ(host.migrate().front().name, "0002_tags");
}

TEST(ServiceLifecycleTest, ExplainsWhyItCannotBeCreated) {
    const auto failure_of = [](const char* config) -> std::string {
        try {
            TestHost host(sample::notes_plugin(), config);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(failure_of(R"({"fail":"create"})"), HasSubstr("no luck in the constructor"));
    EXPECT_THAT(failure_of(R"({"fail":"start"})"), HasSubstr("start() failed"));
    EXPECT_THAT(failure_of(R"({"notes_max":0,"typo":1})"), HasSubstr("/notes_max must be between 1 and 1000"));
    EXPECT_THAT(failure_of(R"({"notes_max":0,"typo":1})"), HasSubstr("/typo is not known"));
    EXPECT_THAT(failure_of("[]"), HasSubstr("configuration must be an object"));
    EXPECT_THAT(failure_of("{"), HasSubstr("JSON"));
}

TEST(ServiceLifecycleTest, SaysWhichMigrationFailed) {
    TestHost host(sample::notes_plugin(), R"({"fail":"migrate"})", TestHost::Start::no);
    try {
        host.migrate();
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("0002_tags.sql"));
    }
}

TEST(ServiceLifecycleTest, HasOneTableWithTheSchemaOfItsConfiguration) {
    const gh_plugin* table = sample::notes_plugin();
    EXPECT_EQ(table, sample::notes_plugin());
    EXPECT_EQ(std::string(table->version.ptr, table->version.len), "1.2.3");
    const std::string schema(table->config_schema.ptr, table->config_schema.len);
    EXPECT_THAT(schema, HasSubstr(R"("notes_max":{"type":"integer","format":"int32","minimum":1,"maximum":1000})"));
    EXPECT_THAT(schema, HasSubstr(R"("additionalProperties":false)"));
}

TEST(ServiceLifecycleTest, RefusesAHostThatIsTooSmall) {
    const gh_plugin* table = sample::notes_plugin();
    gh_host host{};
    host.size = 16;
    void* self = nullptr;
    EXPECT_EQ(table->create(&host, {"{}", 2}, &self), GH_E_UNSUPPORTED);
}

}  // namespace

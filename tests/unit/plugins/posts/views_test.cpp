#include <algorithm>
#include <chrono>

#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class ViewsTest : public PostsFixture {
protected:
    Answer look(const Person& who, const char* from = "192.0.2.1") {
        auto request = host_.request("GET", path_);
        if (who.id != 0) request.as_user(who.id, who.name, {who.role});
        return request.remote_address(from).send();
    }
    std::int64_t views() { return look(kAnn).json().at("views").as_int64(); }
    std::string path_ = post(kAnn);
};

TEST_F(ViewsTest, CountsEverybodyOnceButNotTheAuthor) {
    EXPECT_EQ(views(), 0);
    EXPECT_EQ(look(kBob).json().at("views"), 1);
    EXPECT_EQ(look(kBob, "192.0.2.9").json().at("views"), 1);
    look(kNobody);
    look(kNobody);
    look(kNobody, "192.0.2.2");
    EXPECT_EQ(views(), 3);
}

TEST_F(ViewsTest, CountsAgainAfterADay) {
    look(kBob);
    host_.advance(std::chrono::hours(25));
    look(kBob);
    EXPECT_EQ(views(), 2);
}

TEST_F(ViewsTest, DoesNotCountListsAndRefusals) {
    send(kBob, "GET", "/api/posts");
    send(kBob, "GET", path_ + "/comments");
    send(kAnn, "PATCH", path_, R"({"visibility":"private"})");
    look(kBob);
    EXPECT_EQ(views(), 0);
}

TEST_F(ViewsTest, ShowsThePostWhenTheMemoryOfViewersIsDown) {
    host_.fail_kv(GH_E_UNAVAILABLE);
    EXPECT_EQ(look(kBob).status, 200);
    host_.fail_kv(GH_OK);
    EXPECT_EQ(views(), 0);
}

TEST_F(ViewsTest, AreInTheAnswerToAChangeAsWell) {
    for (int user = 20; user < 25; ++user) look({user, "fan", "user"});
    EXPECT_EQ(send(kAnn, "PATCH", path_, R"({"text":"changed"})").json().at("views"), 5);
    EXPECT_EQ(send(kAnn, "PATCH", path_, "{}").json().at("views"), 5);
}

TEST_F(ViewsTest, DoesNotChangeTheEntityTag) {
    const std::string tag = look(kAnn).header("etag");
    look(kBob);
    EXPECT_EQ(look(kAnn).header("etag"), tag);
}

// Not of PostsFixture: the first life of the service ends within the test.
TEST(ViewsAreKeptTest, AcrossARestartAndTold) {
    TestDatabase database;
    const std::string config = R"({"database":")" + database.url() + R"("})";
    std::string path;
    {
        gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
        path = host.request("POST", "/api/posts").as_user(7, "ann").json(R"({"text":"x"})").send().header("location");
        for (int user = 20; user < 25; ++user) host.request("GET", path).as_user(user, "fan").send();
    }
    gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
    EXPECT_EQ(host.request("GET", path).as_user(7, "ann").send().json().at("views"), 5);
    std::int64_t told = 0;
    for (const auto& event : host.published()) {
        if (event.type == "post.viewed") told += event.json().at("count").as_int64();
    }
    EXPECT_LE(told, 5);  // what the first life has told is not told again
}

// Has the database refuse to count views, or not.
void refuse_views(const std::string& url, bool refuse) {
    gatehouse::Database database({.url = url, .service = "posts"}, posts::migrations());
    database.open();
    database.write([&](gatehouse::Transaction& tx) {
        if (tx.engine() == gatehouse::Engine::postgresql) {
            tx.execute(refuse ? "alter table posts add constraint no_views check (views = 0)"
                              : "alter table posts drop constraint no_views");
        } else {
            tx.execute(refuse ? "create trigger no_views before update of views on posts begin "
                                "select raise(abort, 'no views'); end"
                              : "drop trigger no_views");
        }
    });
    database.close();
}

TEST(ViewsAreKeptTest, WhileTheDatabaseRefusesThem) {
    TestDatabase database;
    const std::string config = R"({"database":")" + database.url() + R"("})";
    std::string path;
    {
        gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
        path = host.request("POST", "/api/posts").as_user(7, "ann").json(R"({"text":"x"})").send().header("location");
        refuse_views(database.url(), true);
        for (int user = 20; user < 25; ++user) host.request("GET", path).as_user(user, "fan").send();
        const auto has_failed = [&host] {
            const auto lines = host.logs();
            return std::any_of(lines.begin(), lines.end(),
                               [](const auto& line) { return line.message == "views wait to be counted"; });
        };
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!has_failed() && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        ASSERT_TRUE(has_failed());
        refuse_views(database.url(), false);
    }
    gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
    EXPECT_EQ(host.request("GET", path).as_user(7, "ann").send().json().at("views"), 5);
}

}  // namespace

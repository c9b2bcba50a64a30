// Posts that the service did not write itself: from before there was a search, and imported ones.
#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

using gatehouse::Database;
using gatehouse::Transaction;

constexpr char kInsert[] =
    "insert into posts (id, author_id, author_name, text, visibility, likes, comments, created_at, updated_at) "
    "values ($1, 7, 'ann', $2, 'public', $3, $3, 0, 0)";

class OldDatabase {
public:
    OldDatabase() {
        Database old({.url = database.url(), .service = "posts"}, posts::migrations().first(1));
        old.open();
        old.write([](Transaction& tx) {
            tx.execute(kInsert, 5, "an old walrus #before", 1);
            tx.execute("insert into likes (post_id, user_id, user_name, created_at) values (5, 8, 'bob', 0)");
            tx.execute(
                "insert into comments (id, post_id, author_id, author_name, text, created_at, updated_at) "
                "values (6, 5, 8, 'bob', 'yes', 0, 0)");
        });
        old.close();
    }
    TestDatabase database;
};

TEST(OldPostsTest, FromBeforeThereWasASearchAreKeptWithAllThatHangsOnThemAndAreFound) {
    OldDatabase old;
    gatehouse::testing::TestHost host(gh_plugin_entry_v1(), R"({"database":")" + old.database.url() + R"("})");
    host.advance(std::chrono::seconds(15));
    const auto get = [&](const char* target) { return host.request("GET", target).as_user(8, "bob").send().json(); };
    EXPECT_EQ(get("/api/posts/5").at("likes"), 1);
    EXPECT_EQ(get("/api/posts/5").at("liked_by_me"), true);
    EXPECT_EQ(get("/api/posts/5/comments").at("items").as_array().size(), 1U);
    EXPECT_EQ(get("/api/posts/search?q=walruses").at("items").at(0).at("id"), 5);
    EXPECT_EQ(get("/api/posts?tag=before").at("items").at(0).at("id"), 5);
    EXPECT_EQ(host.request("DELETE", "/api/posts/5").as_user(7, "ann").send().status, 204);
    EXPECT_EQ(host.request("PATCH", "/api/posts/comments/6").as_user(8, "bob").json(R"({"text":"x"})").send().status,
              404);
}

class ImportedPostsTest : public PostsFixture {};

TEST_F(ImportedPostsTest, AreIndexedSoon) {
    Database database({.url = database_.url(), .service = "import"}, posts::migrations());
    database.open();
    database.write([](Transaction& tx) {
        for (int id = 1; id <= 250; ++id) tx.execute(kInsert, id, "imported #stock walrus " + std::to_string(id), 0);
    });
    EXPECT_TRUE(all_ids(kNobody, "/api/posts/search?q=walrus&limit=100").empty());
    host_.advance(std::chrono::seconds(15));
    EXPECT_EQ(all_ids(kNobody, "/api/posts/search?q=walrus&limit=100").size(), 250U);
    EXPECT_EQ(all_ids(kNobody, "/api/posts?tag=stock&limit=100").size(), 250U);
}

}  // namespace

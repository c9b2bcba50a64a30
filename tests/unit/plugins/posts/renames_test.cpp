#include <chrono>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

using namespace std::chrono_literals;

// What becomes of the names at posts, comments and likes when an account gets another one. ann becomes anna.
class RenamesTest : public PostsFixture {
protected:
    static gatehouse::testing::Delivery from_auth(const Person& who, std::uint64_t sequence) {
        return {.source = "auth", .subject = "user/" + std::to_string(who.id), .id = {}, .sequence = sequence};
    }
    static std::string renamed(const Person& who, const std::string& name) {
        return R"({"id":)" + std::to_string(who.id) + R"(,"username":")" + name + "\"}";
    }
    void rename(const Person& who, const std::string& name, std::uint64_t sequence) {
        EXPECT_EQ(host_.deliver("user.renamed", renamed(who, name), from_auth(who, sequence)), GH_OK);
    }
    void let_jobs_run() { host_.advance(2min); }
    std::string author(const std::string& path) {
        return std::string(send(kBob, "GET", path).json().at("author_name").as_string());
    }
    std::string first(const std::string& list, const char* key) {
        return std::string(send(kBob, "GET", list).json().at("items").at(0).at(key).as_string());
    }
};

TEST_F(RenamesTest, PostsCommentsAndLikesGetTheNewName) {
    const auto path = post(kAnn), bobs = post(kBob);
    const std::string id = path.substr(path.rfind('/') + 1);
    const auto repost = write(kBob, R"({"text":"look","repost_of":)" + id + "}");
    comment(kAnn, bobs);
    send(kAnn, "PUT", bobs + "/like");
    send(kBob, "PUT", path + "/like");
    rename(kAnn, "anna", 1);
    let_jobs_run();
    EXPECT_EQ(author(path), "anna");
    EXPECT_EQ(first("/api/posts?author=7", "author_name"), "anna");
    EXPECT_EQ(first(bobs + "/comments", "author_name"), "anna");
    EXPECT_EQ(first(bobs + "/likes", "user_name"), "anna");
    EXPECT_EQ(send(kBob, "GET", at(repost)).json().at("original").at("author_name"), "anna");
    EXPECT_EQ(author(bobs), "bob");
    EXPECT_EQ(first(path + "/likes", "user_name"), "bob");
}

TEST_F(RenamesTest, SomebodyElseWhoTakesTheOldNameKeepsIt) {
    const auto path = post(kAnn);
    const Person other{10, "ann", "user"};
    const auto others = post(other);
    rename(kAnn, "anna", 1);
    let_jobs_run();
    EXPECT_EQ(author(path), "anna");
    EXPECT_EQ(author(others), "ann");
}

TEST_F(RenamesTest, TheLaterNameRemainsInWhateverOrderTheyAreTold) {
    const auto path = post(kAnn);
    rename(kAnn, "third", 9);
    rename(kAnn, "second", 8);
    let_jobs_run();
    EXPECT_EQ(author(path), "third");
    rename(kAnn, "fourth", 12);
    let_jobs_run();
    EXPECT_EQ(author(path), "fourth");
}

TEST_F(RenamesTest, ATellerWhoseNumbersBeganAnewIsHeard) {
    const auto path = post(kAnn);
    rename(kAnn, "second", 900);
    let_jobs_run();
    rename(kAnn, "third", 1);
    let_jobs_run();
    EXPECT_EQ(author(path), "third");
}

TEST_F(RenamesTest, ATokenWithTheOldNameWritesTheNewOne) {
    const auto bobs = post(kBob);
    rename(kAnn, "anna", 1);
    EXPECT_EQ(author(post(kAnn)), "anna");
    comment(kAnn, bobs);
    send(kAnn, "PUT", bobs + "/like");
    EXPECT_EQ(first(bobs + "/comments", "author_name"), "anna");
    EXPECT_EQ(first(bobs + "/likes", "user_name"), "anna");
    for (const auto& event : host_.published()) {
        if (event.type != "comment.created") continue;
        EXPECT_EQ(event.json().at("author_name"), "anna");
    }
}

TEST_F(RenamesTest, ACachedPostIsShownAnewButMayStillBeChanged) {
    const auto path = post(kAnn);
    const auto quote = write(kBob, R"({"text":"look","repost_of":)" + path.substr(path.rfind('/') + 1) + "}");
    const std::string tag = send(kAnn, "GET", path).header("etag"),
                      quote_tag = send(kAnn, "GET", at(quote)).header("etag");
    const auto look = [&](const std::string& target, const std::string& seen) {
        return host_.request("GET", target).as_user(kAnn.id, kAnn.name).header("if-none-match", seen).send().status;
    };
    EXPECT_EQ(look(at(quote), quote_tag), 304);
    rename(kAnn, "anna", 1);
    let_jobs_run();
    EXPECT_EQ(look(path, tag), 200);
    EXPECT_EQ(look(at(quote), quote_tag), 200);
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":"x"})", tag).status, 200);
}

TEST_F(RenamesTest, AnEmptyPlaceInAThreadGetsNoNameBack) {
    const auto path = post(kBob);
    comment(kBob, path, comment(kAnn, path));
    const auto status = [this](const char* name) {
        const std::string json = R"({"id":7,"status":")" + std::string(name) + "\"}";
        EXPECT_EQ(host_.deliver("user.status_changed", json, {.source = "auth", .subject = "user/7"}), GH_OK);
    };
    status("deleted");
    let_jobs_run();
    status("active");
    rename(kAnn, "anna", 1);
    let_jobs_run();
    EXPECT_EQ(first(path + "/comments", "author_name"), "");
}

// Not of RenamesTest: the first life of the service ends before its job has run.
TEST(RenamesAreKeptTest, AcrossARestartForManyPosts) {
    TestDatabase database;
    const std::string config = R"({"database":")" + database.url() + R"("})";
    {
        gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
        for (int i = 0; i < 450; ++i) {
            ASSERT_EQ(host.request("POST", "/api/posts").as_user(7, "ann").json(R"({"text":"x"})").send().status, 201);
        }
        ASSERT_EQ(
            host.deliver("user.renamed", R"({"id":7,"username":"anna"})", {.source = "auth", .subject = "user/7"}),
            GH_OK);
    }
    gatehouse::testing::TestHost host(gh_plugin_entry_v1(), config);
    host.advance(2min);
    int found = 0;
    std::string cursor;
    do {
        const auto page = host.request("GET", "/api/posts?limit=100" + cursor).send().json();
        for (const auto& item : page.at("items").as_array()) found += item.at("author_name") == "anna" ? 1 : 0;
        const auto& next = page.at("next_cursor");
        cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
    } while (!cursor.empty());
    EXPECT_EQ(found, 450);
}

}  // namespace

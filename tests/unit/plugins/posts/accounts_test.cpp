#include <chrono>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

using namespace std::chrono_literals;

// What becomes of posts, comments and likes when an account is banned or deleted. ann is the one; bob follows her.
class AccountsTest : public PostsFixture {
protected:
    using Ids = std::vector<std::int64_t>;

    void status(const Person& who, const std::string& status) {
        const std::string id = std::to_string(who.id);
        EXPECT_EQ(host_.deliver("user.status_changed", R"({"id":)" + id + R"(,"status":")" + status + "\"}",
                                {.source = "auth", .subject = "user/" + id}),
                  GH_OK);
    }
    void let_jobs_run() { host_.advance(2min); }
    Ids batch(const std::string& ids) {
        auto request = host_.request("POST", "/api/posts/batch");
        const auto answer =
            request.as_service("subscriptions").as_user(kBob.id, kBob.name).json(R"({"ids":[)" + ids + "]}").send();
        Ids found;
        const auto body = answer.json();
        for (const auto& item : body.at("items").as_array()) found.push_back(item.at("id").as_int64());
        return found;
    }
    // Every way in which bob could come to see a post.
    std::vector<Ids> seen() {
        return {all_ids(kBob, "/api/posts?limit=2"),
                all_ids(kBob, "/api/posts?limit=2&sort=top"),
                all_ids(kBob, "/api/posts?limit=2&tag=x"),
                all_ids(kBob, "/api/posts?limit=2&author=7"),
                all_ids(kBob, "/api/posts/search?q=hello&limit=2"),
                batch(std::to_string(public_) + "," + std::to_string(followers_))};
    }
    int count_events(std::string_view type) {
        int count = 0;
        for (const auto& event : host_.published()) count += event.type == type ? 1 : 0;
        return count;
    }

    std::int64_t public_ = 0, followers_ = 0;

    void SetUp() override {
        follow(kBob, kAnn);
        public_ = write(kAnn, R"({"text":"hello #x"})");
        followers_ = write(kAnn, R"({"text":"hello #x","visibility":"followers"})");
    }
};

TEST_F(AccountsTest, ABannedAuthorIsSeenNowhereAndIsBackAfterwards) {
    const auto before = seen();
    for (const Ids& ids : before) EXPECT_EQ(Ids(ids).size(), 2U);
    status(kAnn, "banned");
    let_jobs_run();
    for (const Ids& ids : seen()) EXPECT_EQ(ids, Ids{});
    for (const char* path : {"", "/comments", "/likes"}) {
        EXPECT_EQ(send(kBob, "GET", at(public_) + path).status, 404) << path;
    }
    EXPECT_EQ(send(kBob, "PUT", at(public_) + "/like").status, 404);
    EXPECT_EQ(send(kBob, "POST", at(public_) + "/comments", R"({"text":"x"})").status, 404);
    EXPECT_EQ(send(kBob, "POST", "/api/posts", R"({"repost_of":)" + std::to_string(public_) + "}").status, 404);
    status(kAnn, "active");
    EXPECT_EQ(seen(), before);
    EXPECT_EQ(count_events("post.deleted"), 0);
}

TEST_F(AccountsTest, AModeratorRemovesWhatABannedAuthorWroteByWayOfAReport) {
    const auto comment_id = comment(kAnn, at(public_));
    status(kAnn, "banned");
    const auto remove = [&](const std::string& path) {
        auto request = host_.request("DELETE", path);
        return request.as_service("admin").as_user(kMod.id, kMod.name, {kMod.role}).send().status;
    };
    EXPECT_EQ(remove("/api/posts/comments/" + comment_id), 204);
    EXPECT_EQ(remove(at(public_)), 204);
}

TEST_F(AccountsTest, ASharedPostGoesWithItsAuthor) {
    const auto plain = write(kBob, R"({"repost_of":)" + std::to_string(public_) + "}");
    const auto quote = write(kBob, R"({"text":"look","repost_of":)" + std::to_string(public_) + "}");
    status(kAnn, "banned");
    EXPECT_EQ(send(kMod, "GET", at(plain)).status, 404);
    EXPECT_TRUE(send(kMod, "GET", at(quote)).json().at("original").is_null());
    status(kAnn, "active");
    EXPECT_EQ(send(kMod, "GET", at(plain)).status, 200);
    EXPECT_FALSE(send(kMod, "GET", at(quote)).json().at("original").is_null());
}

TEST_F(AccountsTest, CommentsOfABannedAuthorLeaveAPlaceOnlyWhereThereAreAnswers) {
    const auto path = post(kBob);
    const auto answered = comment(kAnn, path), alone = comment(kAnn, path);
    comment(kBob, path, answered);
    status(kAnn, "banned");
    const auto items = send(kBob, "GET", path + "/comments").json().at("items").as_array();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items.at(0).at("text"), "");
    EXPECT_EQ(items.at(0).at("author_name"), "");
    EXPECT_EQ(items.at(0).at("deleted"), true);
    EXPECT_EQ(send(kMod, "DELETE", "/api/posts/comments/" + alone).status, 404);
    EXPECT_EQ(send(kBob, "POST", path + "/comments", R"({"text":"x","parent_id":)" + answered + "}").status, 422);
    status(kAnn, "active");
    EXPECT_EQ(send(kBob, "GET", path + "/comments").json().at("items").at(0).at("text"), "well");
    EXPECT_EQ(send(kBob, "GET", path + "/comments").json().at("items").as_array().size(), 3U);
}

TEST_F(AccountsTest, LikesOfABannedAccountAreNotListed) {
    const auto path = post(kBob);
    send(kAnn, "PUT", path + "/like");
    status(kAnn, "banned");
    EXPECT_TRUE(all_ids(kBob, path + "/likes?limit=5", "user_id").empty());
    status(kAnn, "active");
    EXPECT_EQ(all_ids(kBob, path + "/likes?limit=5", "user_id"), Ids{kAnn.id});
}

TEST_F(AccountsTest, ADeletedAccountIsHiddenAtOnceAndThenGoneWithAllItsCounts) {
    const auto path = post(kBob);
    const std::int64_t bobs = std::stoll(path.substr(path.rfind('/') + 1));
    send(kAnn, "PUT", path + "/like");
    const auto answered = comment(kAnn, path);
    comment(kAnn, path);
    comment(kBob, path, answered);
    write(kAnn, R"({"repost_of":)" + std::to_string(bobs) + "}");
    write(kAnn, R"({"text":"look","repost_of":)" + std::to_string(bobs) + "}");
    send(kBob, "PUT", at(public_) + "/like");
    EXPECT_EQ(number(path, "reposts"), 2);

    status(kAnn, "deleted");
    for (const Ids& ids : seen()) EXPECT_TRUE(ids.empty() || ids == Ids{bobs});
    let_jobs_run();
    for (const Ids& ids : seen()) EXPECT_TRUE(ids.empty() || ids == Ids{bobs});
    EXPECT_EQ(number(path, "likes"), 0);
    EXPECT_EQ(number(path, "comments"), 1);
    EXPECT_EQ(number(path, "reposts"), 0);
    EXPECT_EQ(count_events("post.deleted"), 4);
    EXPECT_EQ(count_events("post.unliked"), 1);
    EXPECT_EQ(count_events("comment.deleted"), 2);
    const auto items = send(kBob, "GET", path + "/comments").json().at("items").as_array();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items.at(0).at("author_name"), "");

    status(kAnn, "active");  // too late: nothing is left
    EXPECT_EQ(send(kBob, "GET", at(public_)).status, 404);
}

TEST_F(AccountsTest, WhatIsWrittenInTheLastSecondsOfAnAccountGoesAsWell) {
    status(kAnn, "deleted");
    host_.advance(20s);
    const auto late = post(kAnn);
    EXPECT_EQ(send(kBob, "GET", late).status, 404);
    let_jobs_run();
    EXPECT_EQ(count_events("post.deleted"), 3);
}

TEST_F(AccountsTest, AnAccountThatIsActiveAgainBeforeTheJobKeepsAll) {
    const auto before = seen();
    status(kAnn, "deleted");
    status(kAnn, "active");
    let_jobs_run();
    EXPECT_EQ(seen(), before);
    status(kAnn, "banned");
    status(kAnn, "deleted");
    let_jobs_run();
    EXPECT_EQ(count_events("post.deleted"), 2);
}

TEST_F(AccountsTest, ManyPostsGoInShortTransactionsWhileOthersWrite) {
    for (int i = 0; i < 150; ++i) write(kAnn, R"({"text":"one of many"})");
    const auto path = post(kBob);
    for (int i = 0; i < 120; ++i) comment(kAnn, path);
    status(kAnn, "deleted");
    std::thread job([&] { let_jobs_run(); });
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(send(kBob, "PUT", path + "/like").status, 204);
        EXPECT_EQ(send(kBob, "DELETE", path + "/like").status, 204);
    }
    job.join();
    let_jobs_run();
    EXPECT_EQ(count_events("post.deleted"), 152);
    EXPECT_EQ(number(path, "comments"), 0);
    EXPECT_EQ(number(path, "likes"), 0);
}

}  // namespace

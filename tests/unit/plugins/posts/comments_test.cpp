#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class CommentsTest : public PostsFixture {
protected:
    static std::string at(const std::string& id) { return "/api/posts/comments/" + id; }
    std::string path_ = post(kAnn);
};

TEST_F(CommentsTest, AreListedOldestFirstInPages) {
    std::vector<std::int64_t> written;
    for (int i = 0; i < 8; ++i) written.push_back(std::stoll(comment(kBob, path_)));
    EXPECT_EQ(all_ids(kNobody, path_ + "/comments?limit=3"), written);
    EXPECT_EQ(number(path_, "comments"), 8);
}

TEST_F(CommentsTest, AnswerOnlyCommentsOnTheSamePost) {
    const std::string parent = comment(kBob, path_);
    const std::string answer = comment(kAnn, path_, parent);
    const auto listed = send(kNobody, "GET", path_ + "/comments").json().at("items").as_array();
    EXPECT_EQ(listed.at(1).at("parent_id").as_int64(), std::stoll(parent));
    EXPECT_EQ(id_of(send(kAnn, "PATCH", at(answer), R"({"text":"x"})")), answer);
    const Answer refused = send(kAnn, "POST", post(kAnn) + "/comments", R"({"text":"x","parent_id":)" + parent + "}");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{"/parent_id"});
    EXPECT_EQ(send(kAnn, "POST", path_ + "/comments", R"({"text":"x","parent_id":1})").status, 422);
}

TEST_F(CommentsTest, AreShownOneByOneAsFarAsTheirPostIs) {
    const Answer made = send(kBob, "POST", path_ + "/comments", R"({"text":"well"})");
    const std::string id = id_of(made), hidden = comment(kAnn, post(kAnn, "private"));
    EXPECT_EQ(made.header("location"), at(id));
    for (const Person& who : {kNobody, kAnn, kBob, kMod}) {
        EXPECT_EQ(send(who, "GET", made.header("location")).json().at("text"), "well");
    }
    for (const Person& who : {kNobody, kBob, kMod}) EXPECT_EQ(send(who, "GET", at(hidden)).status, 404) << who.name;
    EXPECT_EQ(send(kAnn, "GET", at(hidden)).status, 200);
    EXPECT_EQ(send(kAnn, "GET", at("1")).status, 404);
    const auto asked_by_admin =
        host_.request("GET", at(hidden)).as_service("admin").as_user(kMod.id, kMod.name, {kMod.role}).send();
    EXPECT_EQ(asked_by_admin.status, 404);
}

TEST_F(CommentsTest, AreGoneAtTheirAddressOnceDeletedThoughAPlaceIsLeft) {
    const std::string id = comment(kBob, path_);
    comment(kAnn, path_, id);
    send(kBob, "DELETE", at(id));
    EXPECT_EQ(send(kBob, "GET", at(id)).status, 404);
}

TEST_F(CommentsTest, AreNotSentAgainUnlessTheyHaveChanged) {
    const std::string id = comment(kBob, path_), tag = send(kBob, "GET", at(id)).header("etag");
    const auto look = [&] { return host_.request("GET", at(id)).header("if-none-match", tag).send().status; };
    EXPECT_EQ(look(), 304);
    EXPECT_EQ(send(kBob, "PATCH", at(id), R"({"text":"well"})").header("etag"), tag) << "is so already";
    EXPECT_EQ(look(), 304);
    const Answer changed = send(kBob, "PATCH", at(id), R"({"text":"better"})");
    EXPECT_EQ(look(), 200);
    EXPECT_EQ(send(kNobody, "GET", at(id)).header("etag"), changed.header("etag"));
}

TEST_F(CommentsTest, AreChangedAndDeletedOnlyAsTheyWereSeen) {
    const std::string id = comment(kBob, path_), tag = send(kBob, "GET", at(id)).header("etag");
    EXPECT_EQ(send(kBob, "PATCH", at(id), R"({"text":"x"})", "\"7-n1\"").status, 412);
    const Answer changed = send(kBob, "PATCH", at(id), R"({"text":"better"})", tag);
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(send(kBob, "PATCH", at(id), R"({"text":"lost"})", tag).status, 412);
    EXPECT_EQ(send(kMod, "DELETE", at(id), {}, tag).status, 412);
    EXPECT_EQ(send(kAnn, "DELETE", at(id), {}, tag).status, 403);
    EXPECT_EQ(send(kBob, "GET", at(id)).json().at("text"), "better");
    EXPECT_EQ(send(kBob, "DELETE", at(id), {}, changed.header("etag")).status, 204);
}

TEST_F(CommentsTest, AreChangedByTheirAuthorOnly) {
    const std::string id = comment(kBob, path_);
    EXPECT_EQ(send(kAnn, "PATCH", at(id), R"({"text":"x"})").status, 403);
    EXPECT_EQ(send(kMod, "PATCH", at(id), R"({"text":"x"})").status, 403);
    EXPECT_EQ(send(kBob, "PATCH", at(id), R"({"text":" "})").status, 422);
    EXPECT_EQ(send(kBob, "PATCH", at(id), R"({"text":"better"})").json().at("text"), "better");
}

TEST_F(CommentsTest, AreDeletedByTheirAuthorOrAModerator) {
    const std::string first = comment(kBob, path_), second = comment(kBob, path_);
    EXPECT_EQ(send(kAnn, "DELETE", at(first)).status, 403);
    EXPECT_EQ(send(kBob, "DELETE", at(first)).status, 204);
    EXPECT_EQ(send(kMod, "DELETE", at(second)).status, 204);
    EXPECT_EQ(send(kMod, "DELETE", at(second)).status, 404);
    EXPECT_EQ(number(path_, "comments"), 0);
}

TEST_F(CommentsTest, KeepTheirPlaceButNotTheirTextWhileTheyHaveAnswers) {
    const std::string parent = comment(kBob, path_);
    comment(kAnn, path_, parent);
    EXPECT_EQ(send(kBob, "DELETE", at(parent)).status, 204);
    const auto listed = send(kNobody, "GET", path_ + "/comments").json().at("items").as_array();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(listed.at(0).at("deleted"), true);
    EXPECT_EQ(listed.at(0).at("text"), "");
    EXPECT_EQ(number(path_, "comments"), 1);
    EXPECT_EQ(send(kBob, "PATCH", at(parent), R"({"text":"back"})").status, 404);
    EXPECT_EQ(send(kAnn, "POST", path_ + "/comments", R"({"text":"x","parent_id":)" + parent + "}").status, 422);
}

TEST_F(CommentsTest, GoWithTheirPostHoweverDeepTheThread) {
    std::string parent = "null";
    for (int i = 0; i < 1'010; ++i) parent = comment(kBob, path_, parent);
    EXPECT_EQ(send(kAnn, "DELETE", path_).status, 204);
    EXPECT_EQ(send(kBob, "PATCH", at(parent), R"({"text":"x"})").status, 404);
}

TEST_F(CommentsTest, AreCountedExactlyUnderConcurrency) {
    in_parallel(12, [&](int i) {
        for (int round = 0; round < 4; ++round) {
            const std::string id = comment(kBob, path_);
            if ((i + round) % 2 == 0) {
                EXPECT_EQ(send(kBob, "DELETE", at(id)).status, 204);
            }
        }
    });
    EXPECT_EQ(number(path_, "comments"), static_cast<std::int64_t>(all_ids(kAnn, path_ + "/comments?limit=10").size()));
    EXPECT_EQ(number(path_, "comments"), 24);
}

}  // namespace

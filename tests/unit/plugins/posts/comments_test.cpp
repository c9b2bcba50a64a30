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

TEST_F(CommentsTest, AreShownOneByOneToOtherServicesAsFarAsTheirPostIs) {
    const auto look = [this](const Person& who, const std::string& id) {
        return host_.request("GET", at(id)).as_service("admin").as_user(who.id, who.name, {who.role}).send();
    };
    const std::string id = comment(kBob, path_), hidden = comment(kAnn, post(kAnn, "private"));
    EXPECT_EQ(look(kMod, id).json().at("text"), "well");
    EXPECT_EQ(look(kBob, hidden).status, 404);
    EXPECT_EQ(look(kMod, hidden).status, 404);
    EXPECT_EQ(look(kAnn, hidden).status, 200);
    EXPECT_EQ(look(kAnn, "1").status, 404);
    EXPECT_NE(send(kBob, "GET", at(id)).status, 200) << "not for clients";
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

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

// A private post exists for its author alone: for all others every route answers as if it had never been written.
class VisibilityTest : public PostsFixture {
protected:
    VisibilityTest() : path_(post(kAnn, "private")), comment_("/api/posts/comments/" + comment(kAnn, path_)) {}
    std::string path_, comment_;
};

TEST_F(VisibilityTest, AnswersStrangersAsIfThePostWereNotThere) {
    const std::tuple<const char*, std::string, std::string> requests[] = {
        {"GET", path_, ""},
        {"PATCH", path_, R"({"text":"x"})"},
        {"DELETE", path_, ""},
        {"PUT", path_ + "/like", ""},
        {"DELETE", path_ + "/like", ""},
        {"GET", path_ + "/likes", ""},
        {"GET", path_ + "/comments", ""},
        {"POST", path_ + "/comments", R"({"text":"x"})"},
        {"PATCH", comment_, R"({"text":"x"})"},
        {"DELETE", comment_, ""},
    };
    for (const auto& [method, target, body] : requests) {
        for (const Person& who : {kNobody, kBob, kMod}) {
            const int status = send(who, method, target, body).status;
            const bool needs_user = who.id == 0 && (std::string_view(method) != "GET" || target.ends_with("/likes"));
            EXPECT_EQ(status, needs_user ? 401 : 404) << who.name << " " << method << " " << target;
        }
    }
    EXPECT_EQ(send(kAnn, "GET", path_).status, 200);
}

TEST_F(VisibilityTest, ListsPrivatePostsForTheirAuthorOnly) {
    post(kAnn);
    EXPECT_EQ(all_ids(kNobody, "/api/posts?limit=10").size(), 1u);
    EXPECT_EQ(all_ids(kBob, "/api/posts?author=7&limit=10").size(), 1u);
    EXPECT_EQ(all_ids(kAnn, "/api/posts?limit=10").size(), 2u);
    EXPECT_EQ(all_ids(kAnn, "/api/posts?author=7&limit=10").size(), 2u);
}

TEST_F(VisibilityTest, FollowsAChangeAtOnce) {
    send(kAnn, "PATCH", path_, R"({"visibility":"public"})");
    EXPECT_EQ(send(kBob, "GET", path_).status, 200);
    send(kAnn, "PATCH", path_, R"({"visibility":"private"})");
    EXPECT_EQ(send(kBob, "GET", path_).status, 404);
}

}  // namespace

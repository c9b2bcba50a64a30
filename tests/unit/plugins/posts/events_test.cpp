// What the service tells others.
#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class PostEventsTest : public PostsFixture {
protected:
    std::vector<std::string> published() {
        std::vector<std::string> lines;
        for (const auto& event : host_.published()) lines.push_back(event.type);
        return lines;
    }
};

TEST_F(PostEventsTest, TellsOfEveryChangeOnce) {
    const std::string path = post(kAnn);
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":"better"})").status, 200);
    EXPECT_EQ(send(kBob, "PUT", path + "/like").status, 204);
    EXPECT_EQ(send(kBob, "PUT", path + "/like").status, 204);
    const std::string reply = comment(kBob, path);
    EXPECT_EQ(send(kBob, "DELETE", "/api/posts/comments/" + reply).status, 204);
    EXPECT_EQ(send(kBob, "DELETE", path + "/like").status, 204);
    EXPECT_EQ(send(kBob, "DELETE", path + "/like").status, 204);
    EXPECT_EQ(send(kAnn, "DELETE", path).status, 204);
    EXPECT_EQ(published(), (std::vector<std::string>{"post.created", "post.updated", "post.liked", "comment.created",
                                                     "comment.deleted", "post.unliked", "post.deleted"}));
    for (const auto& event : host_.published()) EXPECT_EQ(event.subject, "post" + path.substr(10));
}

TEST_F(PostEventsTest, NeverTellsTheText) {
    post(kAnn, "private");
    const auto events = host_.published();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].json().at("visibility"), "private");
    EXPECT_EQ(events[0].json().at("author_id"), kAnn.id);
    EXPECT_EQ(events[0].data.find("hello"), std::string::npos);
}

TEST_F(PostEventsTest, TellsNothingOfWhatWasRefused) {
    const std::string path = post(kAnn);
    EXPECT_EQ(send(kBob, "PATCH", path, R"({"text":"mine"})").status, 403);
    EXPECT_EQ(send(kBob, "DELETE", path).status, 403);
    EXPECT_EQ(published(), std::vector<std::string>{"post.created"});
}

}  // namespace

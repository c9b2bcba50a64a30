#include <algorithm>
#include <chrono>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class PostsTest : public PostsFixture {};

TEST_F(PostsTest, CreatesAndReadsBack) {
    const Answer created = send(kAnn, "POST", "/api/posts", R"({"title":"Привет","text":"мир"})");
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.header("location"), "/api/posts/" + id_of(created));
    const auto post = send(kNobody, "GET", created.header("location")).json();
    EXPECT_EQ(post.at("title"), "Привет");
    EXPECT_EQ(post.at("author_id"), 7);
    EXPECT_EQ(post.at("author_name"), "ann");
    EXPECT_EQ(post.at("visibility"), "public");
    EXPECT_EQ(post.at("likes"), 0);
    EXPECT_EQ(post.at("liked_by_me"), false);
}

TEST_F(PostsTest, TakesTheAuthorFromTheIdentityAlone) {
    const Answer created = send(kAnn, "POST", "/api/posts", R"({"text":"x","author_id":8,"id":1,"likes":99})");
    EXPECT_EQ(created.json().at("author_id"), 7);
    EXPECT_EQ(created.json().at("likes"), 0);
    EXPECT_NE(created.json().at("id"), 1);
}

TEST_F(PostsTest, ShowSomething) {
    const auto path = post(kAnn), comments = path + "/comments";
    const std::vector<std::string> blank = {
        "",        " \\n\\t",        "\\u200b", "\\ufeff",        "\\u2800",
        "\\u00a0", "\\u3000\\u2003", "\\u3164", "\\u200d\\ufe0f", "\\u2028 \\u00ad"};
    for (const std::string& text : blank) {
        const std::string body = R"({"text":")" + text + "\"}";
        EXPECT_EQ(send(kAnn, "POST", "/api/posts", body).status, 422) << body;
        EXPECT_EQ(send(kAnn, "PATCH", path, body).status, 422) << body;
        EXPECT_EQ(send(kBob, "POST", comments, body).status, 422) << body;
    }
    for (const std::string text : {".", "\\u200b.", "ж", "\\u2764\\ufe0f", "\\u2801", "中"}) {
        EXPECT_EQ(send(kAnn, "POST", "/api/posts", R"({"text":")" + text + "\"}").status, 201) << text;
    }
}

TEST_F(PostsTest, AreNotChangedByWhatIsSoAlready) {
    const Answer made = send(kAnn, "POST", "/api/posts", R"({"title":"t","text":"hello"})");
    const std::string path = made.header("location");
    const auto before = send(kAnn, "GET", path);
    host_.advance(std::chrono::seconds(5));
    for (const char* body : {"{}", R"({"text":"hello"})", R"({"title":"t","visibility":"public","media":[]})"}) {
        const Answer answer = send(kAnn, "PATCH", path, body);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.header("etag"), before.header("etag")) << body;
        EXPECT_EQ(answer.json().at("updated_at"), before.json().at("updated_at")) << body;
    }
    for (const auto& event : host_.published()) EXPECT_NE(event.type, "post.updated");
    EXPECT_NE(send(kAnn, "PATCH", path, R"({"title":null})").header("etag"), before.header("etag"));
    EXPECT_EQ(send(kBob, "PATCH", path, "{}").status, 403);
    EXPECT_EQ(send(kAnn, "PATCH", path, "{}", before.header("etag")).status, 412);
}

// Many clients write what is not ASCII as escapes, two of six octets for an emoji.
std::string emojis(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += R"(\ud83d\ude00)";
    return text;
}

TEST_F(PostsTest, TakesTheLongestTextsHoweverTheyAreWritten) {
    const std::string longest = R"({"title":")" + emojis(200) + R"(","text":")" + emojis(10'000) + "\"}";
    const Answer created = send(kAnn, "POST", "/api/posts", longest);
    ASSERT_EQ(created.status, 201);
    const std::string path = created.header("location");
    EXPECT_EQ(send(kAnn, "PATCH", path, longest).status, 200);
    const Answer comment = send(kAnn, "POST", path + "/comments", R"({"text":")" + emojis(2'000) + "\"}");
    ASSERT_EQ(comment.status, 201);
    EXPECT_EQ(send(kAnn, "PATCH", comment.header("location"), R"({"text":")" + emojis(2'000) + "\"}").status, 200);
}

struct BadBody {
    const char* name;
    const char* body;
    int status;
    std::vector<std::string> pointers;
};
class PostBodyTest : public PostsFixture, public ::testing::WithParamInterface<BadBody> {};

TEST_P(PostBodyTest, IsRefusedWithEveryBadFieldNamed) {
    std::string body = GetParam().body;
    if (const auto at = body.find("LONG"); at != std::string::npos) body.replace(at, 4, std::string(10'001, 'x'));
    const Answer answer = send(kAnn, "POST", "/api/posts", body);
    EXPECT_EQ(answer.status, GetParam().status) << answer.body;
    EXPECT_EQ(answer.error_pointers(), GetParam().pointers);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PostBodyTest,
    ::testing::Values(
        BadBody{"NotJson", "{", 400, {}}, BadBody{"NoText", R"({"title":"t"})", 422, {"/text"}},
        BadBody{"BlankText", R"({"text":" \n\t"})", 422, {"/text"}},
        BadBody{"LongText", R"({"text":"LONG"})", 422, {"/text"}},
        BadBody{"UnknownVisibility", R"({"text":"x","visibility":"friends"})", 422, {"/visibility"}},
        BadBody{"AllAtOnce", R"({"title":1,"text":2,"visibility":3})", 422, {"/title", "/text", "/visibility"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(PostsTest, ChangesOnlyWhatIsNamed) {
    const std::string path = post(kAnn);
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"title":"new"})").json().at("text"), "hello");
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"title":null,"text":"changed"})").json().at("text"), "changed");
    EXPECT_TRUE(send(kAnn, "GET", path).json().at("title").is_null());
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":null})").status, 422);
}

TEST_F(PostsTest, OnlyItsAuthorChangesAPostAndAModeratorMayDeleteIt) {
    const std::string path = post(kAnn);
    EXPECT_EQ(send(kBob, "PATCH", path, R"({"text":"mine"})").status, 403);
    EXPECT_EQ(send(kMod, "PATCH", path, R"({"text":"mine"})").status, 403);
    EXPECT_EQ(send(kBob, "DELETE", path).status, 403);
    EXPECT_EQ(send(kMod, "DELETE", path).status, 204);
    EXPECT_EQ(send(kAnn, "GET", path).status, 404);
    EXPECT_EQ(send(kAnn, "DELETE", path).status, 404);
}

TEST_F(PostsTest, DeletesWithLikesAndComments) {
    const std::string path = post(kAnn);
    const std::string answer = comment(kBob, path);
    comment(kAnn, path, answer);
    send(kBob, "PUT", path + "/like");
    EXPECT_EQ(send(kAnn, "DELETE", path).status, 204);
    EXPECT_EQ(send(kBob, "PATCH", "/api/posts/comments/" + answer, R"({"text":"x"})").status, 404);
}

TEST_F(PostsTest, RefusesAChangeOfWhatSomebodyElseChangedFirst) {
    const std::string path = post(kAnn);
    const std::string tag = send(kAnn, "GET", path).header("etag");
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":"one"})", tag).status, 200);
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":"two"})", tag).status, 412);
    EXPECT_EQ(send(kAnn, "DELETE", path, {}, tag).status, 412);
    EXPECT_EQ(send(kAnn, "GET", path).json().at("text"), "one");
}

TEST_F(PostsTest, LetsItsAuthorChangeAPostThatSomebodyLikedMeanwhile) {
    const std::string path = post(kAnn);
    const std::string tag = send(kAnn, "GET", path).header("etag");
    send(kBob, "PUT", path + "/like");
    EXPECT_NE(send(kAnn, "GET", path).header("etag"), tag);
    EXPECT_EQ(send(kAnn, "PATCH", path, R"({"text":"one"})", tag).status, 200);
}

TEST_F(PostsTest, OfManyConcurrentChangesOnOneVersionExactlyOneWins) {
    const std::string path = post(kAnn);
    const std::string tag = send(kAnn, "GET", path).header("etag");
    std::atomic<int> won{0}, lost{0};
    in_parallel(12, [&](int) {
        const int status = send(kAnn, "PATCH", path, R"({"text":"race"})", tag).status;
        if (status == 200) ++won;
        if (status == 412) ++lost;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 11);
}

TEST_F(PostsTest, PagesStayStableWhileOthersWrite) {
    std::vector<std::int64_t> written;
    for (int i = 0; i < 25; ++i) {
        const std::string path = post(kAnn);
        written.push_back(std::stoll(path.substr(path.rfind('/') + 1)));
    }
    std::reverse(written.begin(), written.end());
    EXPECT_EQ(all_ids(kNobody, "/api/posts?limit=7", "id", [&] { post(kBob); }), written);
}

TEST_F(PostsTest, ListsOneAuthor) {
    post(kAnn);
    post(kBob);
    EXPECT_EQ(all_ids(kNobody, "/api/posts?author=8&limit=5", "author_id"), std::vector<std::int64_t>{8});
}

TEST_F(PostsTest, RefusesBadQueries) {
    for (const char* query : {"limit=0", "limit=101", "limit=x", "cursor=forged", "author=ann"}) {
        EXPECT_EQ(send(kNobody, "GET", std::string("/api/posts?") + query).status, 422) << query;
    }
}

TEST_F(PostsTest, HasNoPostOfAnImpossibleId) {
    for (const char* id : {"0", "-1", "abc", "99999999999999999999"}) {
        EXPECT_EQ(send(kNobody, "GET", std::string("/api/posts/") + id).status, 404) << id;
    }
}

}  // namespace

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

constexpr char kOne[] = "018f3c1e-7b2a-7c3d-9e4f-0123456789ab", kTwo[] = "018f3c1e-7b2a-7c3d-9e4f-0123456789ac";

class MediaTest : public PostsFixture {
protected:
    static std::string with(const std::string& media) { return R"({"text":"x","media":)" + media + "}"; }
    static std::string both() { return "[\"" + std::string(kOne) + "\",\"" + kTwo + "\"]"; }
    void media_knows(std::string items) {
        host_.on_call("media", [this, items](const gatehouse::testing::PeerRequest& request) {
            ++asked_;
            EXPECT_EQ(request.method + request.target, "POST/api/media/batch");
            EXPECT_EQ(request.user_id, kAnn.id);
            Answer answer;
            answer.status = 200;
            answer.body = R"({"items":[)" + items + "]}";
            return answer;
        });
    }
    static std::string item(const char* id, std::int64_t owner = kAnn.id) {
        return R"({"id":")" + std::string(id) + R"(","owner_id":)" + std::to_string(owner) + R"(,"url":"x"})";
    }
    int asked_ = 0;
};

TEST_F(MediaTest, IsKeptInItsOrder) {
    media_knows(item(kTwo) + "," + item(kOne));
    const auto id = write(kAnn, with(both()));
    EXPECT_EQ(boost::json::serialize(send(kBob, "GET", at(id)).json().at("media")), both());
    EXPECT_EQ(asked_, 1);
    send(kAnn, "PATCH", at(id), R"({"title":"t"})");
    EXPECT_EQ(asked_, 1);
    EXPECT_EQ(send(kAnn, "PATCH", at(id), R"({"media":[]})").json().at("media").as_array().size(), 0U);
}

TEST_F(MediaTest, ThatDoesNotExistIsPointedAt) {
    media_knows(item(kOne));
    const Answer answer = send(kAnn, "POST", "/api/posts", with(both()));
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/media/1"});
    const auto id = write(kAnn, R"({"text":"x"})");
    EXPECT_EQ(send(kAnn, "PATCH", at(id), R"({"media":)" + both() + "}").status, 422);
}

TEST_F(MediaTest, OfSomebodyElseIsPointedAt) {
    media_knows(item(kOne, kBob.id) + "," + item(kTwo));
    const Answer answer = send(kAnn, "POST", "/api/posts", with(both()));
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/media/0"});
    const auto id = write(kAnn, with("[\"" + std::string(kTwo) + "\"]"));
    EXPECT_EQ(send(kAnn, "PATCH", at(id), R"({"media":)" + both() + "}").error_pointers(), answer.error_pointers());
}

TEST_F(MediaTest, IsTakenAsItIsWhereNobodyCanBeAsked) {
    write(kAnn, with(both()));
    host_.on_call("media", [](const auto&) { return Answer{.status = 404, .headers = {}, .body = "{}"}; });
    write(kAnn, with(both()));
    host_.on_call("media", [](const auto&) { return Answer{.status = 200, .headers = {}, .body = "not json"}; });
    write(kAnn, with(both()));
    EXPECT_EQ(host_.metric("media_unchecked_total"), 3);
}

TEST_F(MediaTest, IsRefusedByItsShapeAlone) {
    media_knows("");
    std::string eleven;
    for (int i = 0; i < 11; ++i) {
        eleven +=
            (i == 0 ? "\"" : ",\"") + std::string("018f3c1e-7b2a-7c3d-9e4f-0123456789") + std::to_string(10 + i) + "\"";
    }
    const std::string twice = "[\"" + std::string(kOne) + "\",\"" + kOne + "\"]";
    for (const std::string& media : {std::string("1"), std::string("[1]"), std::string("[\"../../etc/passwd\"]"),
                                     std::string("[\"\"]"), "[" + eleven + "]", twice}) {
        EXPECT_EQ(send(kAnn, "POST", "/api/posts", with(media)).status, 422) << media;
    }
    EXPECT_EQ(asked_, 0);
}

}  // namespace

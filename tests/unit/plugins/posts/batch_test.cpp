#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class BatchTest : public PostsFixture {
protected:
    Answer batch(const Person& who, const std::string& ids) {
        auto request = host_.request("POST", "/api/posts/batch");
        request.as_service("subscriptions");
        if (who.id != 0) request.as_user(who.id, who.name, {who.role});
        return request.json(R"({"ids":)" + ids + "}").send();
    }
    std::vector<std::int64_t> ids_seen(const Person& who, const std::vector<std::int64_t>& asked) {
        std::string list;
        for (const auto id : asked) list += (list.empty() ? "[" : ",") + std::to_string(id);
        std::vector<std::int64_t> ids;
        const auto answer = batch(who, list + "]").json();
        for (const auto& item : answer.at("items").as_array()) ids.push_back(item.at("id").as_int64());
        return ids;
    }
};

TEST_F(BatchTest, KeepsTheOrderAskedForAndLeavesOutWhatIsHiddenOrGone) {
    const auto a = write(kAnn, R"({"text":"a"})"), b = write(kAnn, R"({"text":"b","visibility":"private"})");
    const auto c = write(kBob, R"({"text":"c"})");
    using Ids = std::vector<std::int64_t>;
    EXPECT_EQ(ids_seen(kNobody, {a, b, 1, c, a}), (Ids{a, c}));
    EXPECT_EQ(ids_seen(kBob, {c, b, a}), (Ids{c, a}));
    EXPECT_EQ(ids_seen(kAnn, {c, b, a}), (Ids{c, b, a}));
}

TEST_F(BatchTest, ShowsWhatTheCallersUserLikes) {
    const auto id = write(kAnn, R"({"text":"a"})");
    send(kBob, "PUT", at(id) + "/like");
    const auto liked = [&](const Person& who) {
        return batch(who, "[" + std::to_string(id) + "]").json().at("items").at(0).at("liked_by_me");
    };
    EXPECT_EQ(liked(kBob), true);
    EXPECT_EQ(liked(kNobody), false);
}

TEST_F(BatchTest, IsForServicesOnlyAndBounded) {
    EXPECT_EQ(host_.request("POST", "/api/posts/batch").as_user(7, "ann").json(R"({"ids":[1]})").send().status, 404);
    EXPECT_EQ(batch(kNobody, "[]").status, 200);
    std::string many = "[0";
    for (int i = 1; i < 201; ++i) many += "," + std::to_string(i);
    EXPECT_EQ(batch(kNobody, many + "]").status, 422);
    EXPECT_EQ(batch(kNobody, "[\"x\"]").status, 422);
}

}  // namespace

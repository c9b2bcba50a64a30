#include <algorithm>

#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class ReportsTest : public AdminFixture {
protected:
    Answer file(const Person& who, std::string body) { return send(who, "POST", "/api/reports", std::move(body)); }
};

TEST_F(ReportsTest, AreFiledAboutPostsCommentsAndUsers) {
    const Answer filed = file(kBob, R"({"post_id":100,"reason":"rude","reporter_id":9,"state":"resolved"})");
    ASSERT_EQ(filed.status, 201) << filed.body;
    EXPECT_EQ(filed.json().at("target"), "post/100");
    EXPECT_FALSE(filed.json().as_object().contains("author_id")) << "who reports gets a receipt";
    const auto seen = look(filed.json().at("id").as_int64());
    EXPECT_EQ(seen.at("reporter_id"), 8) << "from the session, not from the body";
    EXPECT_EQ(seen.at("author_id"), 7);
    EXPECT_EQ(seen.at("excerpt"), "hello");
    EXPECT_EQ(seen.at("state"), "open");
    EXPECT_EQ(look(report(kBob, "comment/200")).at("author_id"), 7);
    const auto user = look(report(kBob, "user/7"));
    EXPECT_EQ(user.at("author_name"), "ann");
    EXPECT_EQ(user.at("target"), "user/7");
    EXPECT_EQ(events("report.").size(), 3U);
    EXPECT_EQ(events("report.").front(), "report.created report/" + std::to_string(seen.at("id").as_int64()));
}

TEST_F(ReportsTest, LeakNothingAboutWhatOneMayNotSee) {
    const Answer hidden = file(kCid, R"({"post_id":101,"reason":"x"})");
    const Answer absent = file(kCid, R"({"post_id":999,"reason":"x"})");
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(hidden.json().at("detail"), absent.json().at("detail"));
    EXPECT_EQ(file(kCid, R"({"comment_id":201,"reason":"x"})").status, 404);
    EXPECT_EQ(file(kCid, R"({"comment_id":-1,"reason":"x"})").status, 404);
    EXPECT_EQ(file(kMod, R"({"post_id":101,"reason":"x"})").status, 404) << "moderators report what they see, too";
    EXPECT_EQ(file(kBob, R"({"post_id":101,"reason":"x"})").status, 201);
    accounts_[9].status = "deleted";
    EXPECT_EQ(file(kBob, R"({"user_id":9,"reason":"x"})").status, 404);
    EXPECT_EQ(file(kBob, R"({"user_id":999,"reason":"x"})").status, 404);
}

TEST_F(ReportsTest, OfWhatIsOnesOwnAreRefused) {
    EXPECT_EQ(file(kAnn, R"({"post_id":100,"reason":"x"})").error_pointers(), std::vector<std::string>{"/post_id"});
    EXPECT_EQ(file(kAnn, R"({"comment_id":200,"reason":"x"})").error_pointers(),
              std::vector<std::string>{"/comment_id"});
    EXPECT_EQ(file(kAnn, R"({"user_id":7,"reason":"x"})").error_pointers(), std::vector<std::string>{"/user_id"});
}

struct BadReport {
    const char* name;
    const char* body;
    const char* pointer;
};
class BadReportTest : public ReportsTest, public ::testing::WithParamInterface<BadReport> {};

TEST_P(BadReportTest, IsRefused) {
    std::string body = GetParam().body;
    if (const auto at = body.find("LONG"); at != std::string::npos) body.replace(at, 4, std::string(1'001, 'x'));
    const Answer refused = file(kBob, body);
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{GetParam().pointer});
}

INSTANTIATE_TEST_SUITE_P(Table, BadReportTest,
                         ::testing::Values(BadReport{"NoTarget", R"({"reason":"x"})", ""},
                                           BadReport{"TwoTargets", R"({"post_id":100,"user_id":7,"reason":"x"})", ""},
                                           BadReport{"NoReason", R"({"post_id":100})", "/reason"},
                                           BadReport{"BlankReason", R"({"post_id":100,"reason":" "})", "/reason"},
                                           BadReport{"LongReason", R"({"post_id":100,"reason":"LONG"})", "/reason"},
                                           BadReport{"TextForAnId", R"({"post_id":"100","reason":"x"})", "/post_id"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(ReportsTest, OneIsOpenForEachUserAndTarget) {
    const Answer first = file(kBob, R"({"post_id":100,"reason":"rude"})");
    const Answer second = file(kBob, R"({"post_id":100,"reason":"very rude"})");
    EXPECT_EQ(second.status, 200);
    EXPECT_EQ(second.json(), first.json()) << "the first one";
    EXPECT_EQ(file(kCid, R"({"post_id":100,"reason":"x"})").status, 201);
    resolve(kMod, first.json().at("id").as_int64());
    EXPECT_EQ(file(kBob, R"({"post_id":100,"reason":"again"})").status, 201) << "it was resolved";
}

TEST_F(ReportsTest, SentAtOnceMakeOne) {
    std::vector<int> statuses(12);
    in_parallel(12, [&](int i) {
        statuses[static_cast<std::size_t>(i)] = file(kBob, R"({"post_id":100,"reason":"rude"})").status;
    });
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 201), 1);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 11);
    EXPECT_EQ(all_ids(kMod, "/api/admin/reports?limit=5").size(), 1U);
    EXPECT_EQ(events("report.created").size(), 1U);
}

TEST_F(ReportsTest, AreLimitedForEachUser) {
    for (std::int64_t id = 1000; id < 1100; ++id) {
        posts_[id] = {7, "x", 0};
        report(kBob, "post/" + std::to_string(id));
    }
    const Answer refused = file(kBob, R"({"post_id":100,"reason":"x"})");
    EXPECT_EQ(refused.status, 429);
    EXPECT_TRUE(refused.has_header("retry-after"));
    EXPECT_EQ(file(kBob, R"({"post_id":1000,"reason":"x"})").status, 200) << "that one is there";
    EXPECT_EQ(file(kCid, R"({"post_id":100,"reason":"x"})").status, 201);
}

TEST_F(ReportsTest, NeedASession) { EXPECT_EQ(file(kNobody, R"({"post_id":100,"reason":"x"})").status, 401); }

TEST_F(ReportsTest, AreReadByModeratorsAndAdministrators) {
    const std::string one = "/api/admin/reports/" + std::to_string(report(kBob, "post/100"));
    for (const std::string& target : {std::string("/api/admin/reports"), one}) {
        EXPECT_EQ(send(kNobody, "GET", target).status, 401);
        EXPECT_EQ(send(kBob, "GET", target).status, 403) << "not even by who filed it";
        EXPECT_EQ(send(kMod, "GET", target).status, 200);
        EXPECT_EQ(send(kRoot, "GET", target).status, 200);
    }
    EXPECT_EQ(send(kMod, "GET", "/api/admin/reports/1").status, 404);
    const std::string tag = send(kMod, "GET", one).header("etag");
    EXPECT_EQ(host_.request("GET", one).as_user(20, "mod", {"moderator"}).header("if-none-match", tag).send().status,
              304);
}

TEST_F(ReportsTest, AreListedInPagesAndFiltered) {
    const auto a = report(kBob, "post/100"), b = report(kCid, "post/100"), c = report(kBob, "user/9");
    EXPECT_EQ(all_ids(kMod, "/api/admin/reports?limit=1"), (std::vector<std::int64_t>{c, b, a}));
    resolve(kMod, c);
    const auto listed = [this](const std::string& query) { return all_ids(kMod, "/api/admin/reports?" + query); };
    EXPECT_EQ(listed("state=open"), (std::vector<std::int64_t>{b, a}));
    EXPECT_EQ(listed("state=resolved"), std::vector<std::int64_t>{c});
    EXPECT_EQ(listed("target=post/100&state=open"), (std::vector<std::int64_t>{b, a}));
    EXPECT_EQ(listed("target=post/100&state=resolved"), std::vector<std::int64_t>{});
    EXPECT_EQ(listed("author=9"), std::vector<std::int64_t>{c});
    EXPECT_EQ(send(kMod, "GET", "/api/admin/reports?state=closed").error_pointers(),
              std::vector<std::string>{"?state"});
    EXPECT_EQ(send(kMod, "GET", "/api/admin/reports?cursor=x").error_pointers(), std::vector<std::string>{"?cursor"});
}

TEST_F(ReportsTest, KeepTheBeginningOfWhatWasSaid) {
    std::string text;
    for (int i = 0; i < 600; ++i) text += "ё";
    posts_[103] = {7, text, 0};
    const auto excerpt = look(report(kBob, "post/103")).at("excerpt").as_string();
    EXPECT_EQ(std::string(excerpt), text.substr(0, 1'000)) << "500 letters, none of them cut";
    EXPECT_EQ(host_.deliver("user.deleted", R"({"id":7})", {.source = "auth", .subject = "user/7"}), GH_OK);
    EXPECT_EQ(look(all_ids(kMod, "/api/admin/reports?limit=1").front()).at("excerpt"), "") << "its author is gone";
}

TEST_F(ReportsTest, WaitForPosts) {
    post_service_ = Peer::down;
    EXPECT_EQ(file(kBob, R"({"post_id":100,"reason":"x"})").status, 503);
}

}  // namespace

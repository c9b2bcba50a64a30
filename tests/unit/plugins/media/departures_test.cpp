#include <chrono>

#include "tests/unit/plugins/media/media_fixture.hpp"

namespace {

using namespace std::chrono_literals;

// What becomes of images when their owner's account is closed.
class MediaDeparturesTest : public MediaTest {
protected:
    void status(std::int64_t user, const std::string& status) {
        const std::string id = std::to_string(user);
        EXPECT_EQ(host_.deliver("user.status_changed", R"({"id":)" + id + R"(,"status":")" + status + "\"}",
                                {.source = "auth", .subject = "user/" + id}),
                  GH_OK);
    }
    void let_jobs_run() { host_.advance(15s); }
    std::string put(std::uint32_t width, std::int64_t user = kAnn) {
        const Answer answer = upload(samples::image(Format::png, width, 20), user);
        EXPECT_EQ(answer.status, 201);
        return url_of(answer);
    }
    int count_removals() {
        int count = 0;
        for (const auto& event : host_.published()) count += event.type == "media.deleted" ? 1 : 0;
        return count;
    }
};

TEST_F(MediaDeparturesTest, ADeletedAccountLeavesNeitherImagesNorThumbnails) {
    const std::string first = put(100), second = put(300);
    EXPECT_EQ(get(second + "?w=256").status, 200);
    EXPECT_EQ(get(second + "?w=64&square=true").status, 200);
    EXPECT_EQ(directory_.files().size(), 4U);
    status(kAnn, "deleted");
    let_jobs_run();
    for (const std::string& url : {first, second}) EXPECT_EQ(get(url).status, 404);
    EXPECT_TRUE(directory_.files().empty());
    EXPECT_EQ(count_removals(), 2);
}

TEST_F(MediaDeparturesTest, AFileThatSomebodyElseHasSentTooStays) {
    const std::string hers = put(100), also_hers = put(100), his = put(100, kBob), his_own = put(50, kBob);
    EXPECT_EQ(get(his + "?w=64").status, 200);
    EXPECT_EQ(directory_.files().size(), 3U);
    status(kAnn, "deleted");
    let_jobs_run();
    for (const std::string& url : {hers, also_hers}) EXPECT_EQ(get(url).status, 404);
    for (const std::string& url : {his, his_own}) EXPECT_EQ(get(url).status, 200);
    EXPECT_EQ(directory_.files().size(), 3U);
    EXPECT_EQ(remove(his, kBob).status, 204);
    EXPECT_EQ(directory_.files().size(), 1U);
}

TEST_F(MediaDeparturesTest, ImagesOfABannedAccountStay) {
    const std::string url = put(100);
    status(kAnn, "banned");
    host_.advance(5min);
    EXPECT_EQ(get(url).status, 200);
    EXPECT_EQ(count_removals(), 0);
}

TEST_F(MediaDeparturesTest, AnAccountThatIsActiveAgainKeepsWhatIsLeft) {
    const std::string url = put(100);
    status(kAnn, "deleted");
    status(kAnn, "active");
    host_.advance(5min);
    EXPECT_EQ(get(url).status, 200);
    EXPECT_EQ(get(put(101)).status, 200);
}

TEST_F(MediaDeparturesTest, AnUploadThatEndsAfterItsAccountIsNotKept) {
    const std::string his = put(100, kBob);
    status(kAnn, "deleted");
    for (const auto wait : {0s, 60s, 3'600s}) {
        host_.advance(wait);
        EXPECT_EQ(upload(samples::image(Format::png, 90, 20)).status, 403);
        EXPECT_EQ(upload(samples::image(Format::png, 100, 20)).status, 403);  // the file is his as well
        EXPECT_EQ(directory_.files().size(), 1U) << wait.count();
    }
    EXPECT_EQ(get(his).status, 200);
    EXPECT_EQ(count_removals(), 0);
    status(kAnn, "active");
    EXPECT_EQ(upload(samples::image(Format::png, 90, 20)).status, 201);
}

TEST_F(MediaDeparturesTest, HowManyImagesThereAreDoesNotMatter) {
    for (std::uint32_t width = 1; width <= 120; ++width) put(width);
    const std::string his = put(121, kBob);
    for (int repeated = 0; repeated < 3; ++repeated) status(kAnn, "deleted");
    let_jobs_run();
    EXPECT_EQ(count_removals(), 120);
    EXPECT_EQ(directory_.files().size(), 1U);
    EXPECT_EQ(get(his).status, 200);
}

TEST_F(MediaDeparturesTest, WhoLeavesTwiceLeavesNothingTwice) {
    put(100);
    status(kAnn, "deleted");
    host_.advance(5min);
    status(kAnn, "active");
    put(101);
    status(kAnn, "deleted");
    let_jobs_run();
    EXPECT_TRUE(directory_.files().empty());
    EXPECT_EQ(count_removals(), 2);
}

}  // namespace

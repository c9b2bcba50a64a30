// How much one user may keep.
#include <atomic>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "tests/unit/plugins/media/media_fixture.hpp"

namespace {

using gatehouse::Transaction;

class MediaQuotaTest : public MediaTest {
protected:
    MediaQuotaTest() : MediaTest(config_of(0)) {}

    static std::string config_of(std::int64_t max_bytes_per_user) {
        return R"("max_bytes":)" + std::to_string(picture(kLarger).size()) + R"(,"widths":[64],"max_bytes_per_user":)" +
               std::to_string(max_bytes_per_user);
    }
    void allow(std::int64_t bytes) { start(config_of(bytes)); }

    // Of few octets, and of another content for each width.
    static std::string picture(std::uint32_t width) { return samples::image(Format::png, width, 8); }
    std::int64_t used_by(std::int64_t user) {
        return number(host_.request("GET", "/api/media/usage").as_user(user).send(), "bytes");
    }
    std::int64_t remains() { return count_of("reservations") + count_of("objects where is_leaving"); }

    static void expect_refusal(const Answer& answer, std::int64_t used, std::int64_t allowed) {
        EXPECT_EQ(answer.status, 403) << answer.body;
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
        const auto problem = answer.json();
        EXPECT_EQ(problem.at("type").as_string(), "urn:gatehouse:problem:storage_quota_exceeded");
        EXPECT_EQ(problem.at("detail").as_string(), "Your images take " + std::to_string(used) +
                                                        " octets, and may take " + std::to_string(allowed) +
                                                        ". Deleting images frees space.");
    }

    // Who is to be refused is never refused for the size of a file.
    static constexpr std::uint32_t kWidth = 40, kLarger = 44;
    const std::int64_t size_ = std::ssize(picture(kWidth));
};

TEST_F(MediaQuotaTest, BoundsWhatIsKeptToTheOctet) {
    const struct {
        const char* name;
        std::int64_t allowed;
        int kept;
    } cases[] = {{"exactly three", 3 * size_, 3},
                 {"an octet less", 3 * size_ - 1, 2},
                 {"an octet more", 3 * size_ + 1, 3},
                 {"nearly four", 4 * size_ - 1, 3},
                 {"no limit", 0, 9}};
    std::int64_t user = 100;
    for (const auto& each : cases) {
        SCOPED_TRACE(each.name);
        allow(each.allowed);
        ++user;
        for (int sent = 0; sent < 9; ++sent) {
            const Answer answer = upload(picture(kWidth), user);
            if (sent < each.kept) {
                EXPECT_EQ(answer.status, 201) << answer.body;
            } else {
                expect_refusal(answer, each.kept * size_, each.allowed);
            }
        }
        EXPECT_EQ(used_by(user), each.kept * size_);
    }
}

TEST_F(MediaQuotaTest, LeavesNothingOfWhatItRefuses) {
    for (const std::int64_t room :
         {std::int64_t{0}, std::int64_t{1}, size_ - 1}) {  // known at the head, or by its size
        SCOPED_TRACE(room);
        const std::int64_t user = 200 + room, used = 3 * size_;
        allow(used + room);
        for (int sent = 0; sent < 3; ++sent) EXPECT_EQ(upload(picture(kWidth), user).status, 201);
        const auto files = directory_.files();
        const std::int64_t rows = count_of("media"), objects = count_of("objects");
        expect_refusal(upload(picture(kLarger), user), used, used + room);
        expect_refusal(upload(samples::form({{"file", "a.png", picture(kLarger)}}), user, samples::kFormType), used,
                       used + room);
        EXPECT_EQ(directory_.files(), files);
        EXPECT_EQ(count_of("media"), rows);
        EXPECT_EQ(count_of("objects"), objects);
        EXPECT_EQ(remains(), 0);
    }
}

TEST_F(MediaQuotaTest, AFullUserIsToldSoWhateverIsSent) {
    allow(size_ + 1);
    EXPECT_EQ(upload(picture(kWidth)).status, 201);
    EXPECT_EQ(upload("no picture").status, 415);
    EXPECT_EQ(upload(picture(1)).status, 403);
    allow(size_);
    for (const std::string& sent : {std::string("no picture"), std::string(), std::string(50'000, 'x')}) {
        expect_refusal(upload(sent), size_, size_);
    }
}

TEST_F(MediaQuotaTest, DeletingGivesRoom) {
    allow(2 * size_);
    const std::string first = url_of(upload(picture(kWidth))), second = url_of(upload(picture(kWidth)));
    EXPECT_EQ(upload(picture(kWidth)).status, 403);
    EXPECT_EQ(remove(first, kBob).status, 403);
    EXPECT_EQ(upload(picture(kWidth)).status, 403) << "nothing was deleted";
    EXPECT_EQ(remove(first).status, 204);
    EXPECT_EQ(remove(first).status, 404);
    EXPECT_EQ(used_by(kAnn), size_) << "once";
    const std::string third = url_of(upload(picture(kWidth)));
    EXPECT_EQ(upload(picture(kWidth)).status, 403);
    for (const std::string& url : {second, third}) EXPECT_EQ(remove(url).status, 204);
    EXPECT_EQ(used_by(kAnn), 0);
}

TEST_F(MediaQuotaTest, EveryUserHasOneOfTheirOwn) {
    allow(size_);
    for (const std::int64_t user : {kAnn, kBob}) {
        EXPECT_EQ(upload(picture(kWidth), user).status, 201);
        expect_refusal(upload(picture(kWidth), user), size_, size_);
    }
    EXPECT_EQ(used_by(kAnn), size_);
    EXPECT_EQ(host_.request("GET", "/api/media/usage").send().status, 401);
}

TEST_F(MediaQuotaTest, OneThatIsLoweredTakesNothingAway) {
    allow(5 * size_);
    for (int sent = 0; sent < 5; ++sent) EXPECT_EQ(upload(picture(kWidth)).status, 201);
    allow(2 * size_);
    expect_refusal(upload(picture(kWidth)), 5 * size_, 2 * size_);
    EXPECT_EQ(count_of("media"), 5);
}

TEST_F(MediaQuotaTest, IsToldToItsUser) {
    const auto usage = [&] { return host_.request("GET", "/api/media/usage").as_user(kAnn).send(); };
    EXPECT_EQ(usage().body, R"({"bytes":0,"max_bytes":null})");
    allow(3 * size_);
    EXPECT_EQ(upload(picture(kWidth)).status, 201);
    EXPECT_EQ(get("/api/media/usage?w=64").status, 401) << "no image";
    EXPECT_EQ(usage().body,
              R"({"bytes":)" + std::to_string(size_) + R"(,"max_bytes":)" + std::to_string(3 * size_) + "}");
}

TEST_F(MediaQuotaTest, ThumbnailsAreFree) {
    allow(size_ * 2);
    const std::string image = samples::image(Format::gif, 8, 8);
    const Answer answer = upload(image);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(get(url_of(answer) + "?w=64&square=true").status, 200);
    EXPECT_EQ(directory_.files().size(), 2U);
    EXPECT_EQ(used_by(kAnn), number(answer, "bytes"));
}

TEST_F(MediaQuotaTest, ADeletedAccountKeepsNothing) {
    allow(10 * size_);
    for (int sent = 0; sent < 7; ++sent) EXPECT_EQ(upload(picture(kWidth)).status, 201);
    EXPECT_EQ(upload(picture(kWidth), kBob).status, 201);
    ASSERT_EQ(
        host_.deliver("user.status_changed", R"({"id":7,"status":"deleted"})", {.source = "auth", .subject = "user/7"}),
        GH_OK);
    EXPECT_EQ(upload(picture(kLarger)).status, 403);
    host_.advance(std::chrono::seconds(15));
    EXPECT_EQ(count_of("usage where bytes = 0"), 1);
    EXPECT_EQ(used_by(kBob), size_);
    EXPECT_EQ(remains(), 0);
}

TEST_F(MediaQuotaTest, ManyUploadsAtOnceKeepNoMoreThanThereIsRoomFor) {
    allow(5 * size_ + 1);
    std::atomic<int> kept{0}, refused{0};
    std::vector<std::thread> threads;
    for (int each = 0; each < 30; ++each) {
        threads.emplace_back([&] {
            const int status = upload(picture(kWidth)).status;
            kept += status == 201 ? 1 : 0;
            refused += status == 403 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(kept, 5);
    EXPECT_EQ(refused, 25);
    EXPECT_EQ(count_of("media"), 5);
    EXPECT_EQ(used_by(kAnn), 5 * size_);
    EXPECT_EQ(remains(), 0);
}

// Each of another content: what is refused at the last moment is in the store already.
TEST_F(MediaQuotaTest, WhatIsRefusedAtTheLastMomentLeavesTheStore) {
    const std::int64_t allowed = 5 * size_;
    allow(allowed);
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (std::uint32_t width = 10; width < kLarger; ++width) {
        threads.emplace_back([&, width] {
            const Answer answer = upload(picture(width));
            refused += answer.status == 403 ? 1 : 0;
            if (answer.status == 201 && width % 2 == 0) {
                EXPECT_EQ(remove(url_of(answer)).status, 204);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_GT(refused, 0);
    EXPECT_LE(used_by(kAnn), allowed);
    host_.advance(std::chrono::minutes(10));  // a removal that met an upload is the collector's
    EXPECT_EQ(std::ssize(directory_.files()), count_of("media"));
    EXPECT_EQ(remains(), 0);
}

TEST_F(MediaQuotaTest, OneThatWouldNotHoldAFileIsRefusedAtStart) {
    const std::int64_t most = std::ssize(picture(kLarger));
    for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{1}, most - 1, (std::int64_t{1} << 50) + 1}) {
        EXPECT_THROW(allow(wrong), std::runtime_error) << wrong;
    }
    allow(most);
    EXPECT_EQ(upload(picture(kWidth)).status, 201);
}

// What images took before there was a quota counts.
TEST(MediaUsageMigrationTest, CountsWhatIsThere) {
    const TestDatabase place;
    const auto open = [&](std::size_t migrations, auto&& then) {
        gatehouse::Database database({.url = place.url(), .service = "media"}, media::migrations().first(migrations));
        database.open();
        database.write(then);
    };
    open(2, [](Transaction& tx) {
        tx.execute("insert into objects (name) values ('a.png')");
        for (const std::int64_t number : {1, 2, 3, 4}) {
            tx.execute(
                "insert into media (id, owner_id, object_name, content_type, width, height, bytes, created_at)"
                " values ($1, $2, 'a.png', 'image/png', 1, 1, $3, 0)",
                std::to_string(number), number == 4 ? 8 : 7, 3'000'000'000 + number);
        }
    });
    open(media::migrations().size(), [](Transaction& tx) {
        const auto counted = tx.query("select bytes from usage order by user_id").all<std::int64_t>();
        EXPECT_EQ(counted, (std::vector<std::int64_t>{9'000'000'006, 3'000'000'004}));
    });
}

}  // namespace

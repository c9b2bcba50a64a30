// Images for made-up people and posts.
#include <cstdint>
#include <set>

#include "plugins/media/seeding/motifs.hpp"
#include "plugins/media/seeding/painting.hpp"
#include "tests/unit/plugins/media/media_fixture.hpp"

namespace {

using gatehouse::seed::Picture;
using gatehouse::seed::Plan;
using gatehouse::seed::World;
using media::image::Format;
using media::image::Raster;

TEST(PaintingTest, IsTheSameForTheSameMotifAndAnotherForAnother) {
    for (const auto paint : {&media::seeding::paint_portrait, &media::seeding::paint_landscape}) {
        const Raster raster = paint(7, 1);
        EXPECT_TRUE(raster == paint(7, 1));
        EXPECT_FALSE(raster == paint(7, 2));
        EXPECT_FALSE(raster == paint(8, 1));
    }
}

TEST(PaintingTest, PortraitsAreSymmetricalAndNeverEmpty) {
    for (std::int64_t motif = 0; motif < 32; ++motif) {
        const Raster raster = media::seeding::paint_portrait(3, motif);
        ASSERT_EQ(raster.width, raster.height);
        std::set<std::uint8_t> reds;
        for (std::uint32_t x = 0; x < raster.width; ++x) {
            const auto* const row = raster.row(raster.height / 2);
            EXPECT_EQ(row[3 * x], row[3 * (raster.width - 1 - x)]);
            reds.insert(row[3 * x]);
        }
        EXPECT_EQ(reds.size(), 2U) << motif;
    }
}

TEST(MotifsTest, AreImagesThatTheServiceWouldTake) {
    const World world(Plan{20, 20, 5});
    const media::image::Limits limits{.pixels = 1'000'000};
    for (std::int64_t number = 0; number < world.pictures.motifs(); ++number) {
        const auto [motif, bytes] = media::seeding::make_motif(world, number);
        const auto format = media::image::sniff(bytes);
        ASSERT_EQ(format, world.pictures.is_portrait(number) ? Format::png : Format::jpeg);
        EXPECT_EQ(motif.content_type, media::image::content_type(*format));
        const Raster raster = media::image::decode(*format, bytes, limits);
        EXPECT_EQ(raster.width, motif.width);
        EXPECT_EQ(raster.height, motif.height);
        EXPECT_EQ(std::ssize(bytes), motif.bytes);
        EXPECT_LT(motif.bytes, 300'000);
    }
}

class MediaSeedingTest : public MediaTest {
protected:
    static constexpr Plan kPlan{30, 60, 5};

    gh_status write(const std::string& part, std::int64_t count, std::int64_t first = 0) {
        return host_
            .admin("seed.write", R"({"users":30,"posts":60,"seed":5,"part":")" + part + R"(","first":)" +
                                     std::to_string(first) + R"(,"count":)" + std::to_string(count) + "}")
            .status;
    }
    void write_all() {
        for (std::int64_t first = 0; first < world_.pictures.motifs(); first += 8) {
            EXPECT_EQ(write("files", 8, first), GH_OK);
        }
        EXPECT_EQ(write("portraits", 1'000), GH_OK);
        EXPECT_EQ(write("photos", 1'000), GH_OK);
        EXPECT_EQ(write("reservations", 1), GH_OK);
    }
    std::vector<Picture> pictures() const {
        std::vector<Picture> all;
        for (std::int64_t number = 0; number < kPlan.users; ++number) {
            if (auto picture = world_.pictures.of_person(number)) all.push_back(*picture);
        }
        for (std::int64_t number = 0; number < kPlan.posts; ++number) {
            for (const Picture& picture : world_.pictures.of_post(number)) all.push_back(picture);
        }
        return all;
    }
    void expect_all_shown() {
        for (const Picture& picture : pictures()) {
            const std::string url = "/api/media/" + picture.id;
            const Answer whole = get(url), small = get(url + "?w=64&square=true");
            EXPECT_EQ(whole.status, 200) << url;
            EXPECT_EQ(small.status, 200) << url;
            EXPECT_LT(small.body.size(), whole.body.size() + 1'000);
        }
    }
    const World world_{kPlan};
};

TEST_F(MediaSeedingTest, ShowsEveryPictureAndItsThumbnails) {
    EXPECT_EQ(host_.admin("seed.plan", R"({"users":30,"posts":60,"seed":5})").status, GH_OK);
    write_all();
    EXPECT_EQ(std::ssize(directory_.files()), world_.pictures.motifs());
    expect_all_shown();
    EXPECT_TRUE(host_.published().empty());
}

TEST_F(MediaSeedingTest, WritesNothingTwice) {
    write_all();
    const auto files = directory_.files();
    write_all();
    EXPECT_EQ(directory_.files(), files);
    expect_all_shown();
}

TEST_F(MediaSeedingTest, RefusesADatabaseInUse) {
    EXPECT_EQ(upload(samples::image(Format::png, 10, 10)).status, 201);
    EXPECT_EQ(host_.admin("seed.plan", R"({"users":30,"posts":60,"seed":5})").status, GH_E_STATE);
    EXPECT_EQ(host_.admin("seed.plan", R"({"users":30,"posts":60,"seed":5,"append":true})").status, GH_OK);
}

TEST_F(MediaSeedingTest, FilesWaitForTheirRowsAndGoIfNoneComes) {
    ASSERT_EQ(write("files", 8), GH_OK);
    const auto count = directory_.files().size();
    host_.advance(std::chrono::hours(23));
    EXPECT_EQ(directory_.files().size(), count) << "the run may be continued";
    write_all();
    host_.advance(std::chrono::hours(48));
    expect_all_shown();
}

TEST_F(MediaSeedingTest, FilesOfARunThatIsGivenUpAreCollected) {
    ASSERT_EQ(write("files", 8), GH_OK);
    EXPECT_EQ(directory_.files().size(), 8U);
    host_.advance(std::chrono::hours(25));
    EXPECT_TRUE(directory_.files().empty());
    EXPECT_EQ(write("portraits", 1'000), GH_E_STATE) << "no row without its file";
}

TEST_F(MediaSeedingTest, APersonOfThePlanTakesTheirImagesAlongAndNoOthers) {
    write_all();
    const auto all = pictures();
    const std::int64_t leaver = all.front().owner;
    const std::string id = std::to_string(world_.people.id(leaver));
    ASSERT_EQ(host_.deliver("user.status_changed", R"({"id":)" + id + R"(,"status":"deleted"})",
                            {.source = "auth", .subject = "user/" + id}),
              GH_OK);
    host_.advance(std::chrono::minutes(5));
    for (const Picture& picture : all) {
        EXPECT_EQ(get("/api/media/" + picture.id).status, picture.owner == leaver ? 404 : 200);
    }
}

}  // namespace

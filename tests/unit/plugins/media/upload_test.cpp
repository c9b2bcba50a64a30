#include "tests/unit/plugins/media/media_fixture.hpp"

#include <thread>

#include "plugins/media/image/codec.hpp"

namespace {

using media::image::Raster;

TEST_F(MediaTest, TakesAnImageAndSaysWhatBecameOfIt) {
    const Answer answer = upload(samples::image(Format::png, 40, 30));
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(number(answer, "width"), 40);
    EXPECT_EQ(number(answer, "height"), 30);
    EXPECT_EQ(answer.json().at("content_type"), "image/png");
    EXPECT_EQ(answer.header("location"), url_of(answer));
    EXPECT_EQ(url_of(answer), "/api/media/" + std::string(answer.json().at("id").as_string()));
    EXPECT_EQ(number(answer, "bytes"), static_cast<std::int64_t>(get(url_of(answer)).body.size()));
    EXPECT_EQ(directory_.files().size(), 1u);
}

TEST_F(MediaTest, TakesAllFormatsPlainAndInForms) {
    for (const Format format : {Format::jpeg, Format::png, Format::webp, Format::gif}) {
        const std::string bytes = samples::image(format, 33, 22);
        const Answer plain = upload(bytes), in_form = upload_form({{"note", "", "hello"}, {"avatar", "a.bin", bytes}});
        ASSERT_EQ(plain.status, 201) << plain.body;
        ASSERT_EQ(in_form.status, 201) << in_form.body;
        EXPECT_EQ(plain.json().at("bytes"), in_form.json().at("bytes"));
        EXPECT_NE(plain.json().at("id"), in_form.json().at("id"));
        const char* const expected = format == Format::gif ? "image/png" : media::image::content_type(format).data();
        EXPECT_EQ(plain.json().at("content_type"), expected);
    }
    EXPECT_EQ(directory_.files().size(), 4u);  // by content: the two of each are one
}

TEST_F(MediaTest, DropsMetadataAndTurnsPhotosUpright) {
    const std::string photo = samples::jpeg_with_exif(64, 32, 6);
    const Answer answer = upload(photo);
    EXPECT_EQ(number(answer, "width"), 32);
    EXPECT_EQ(number(answer, "height"), 64);
    const std::string kept = get(url_of(answer)).body;
    EXPECT_EQ(kept.find("Exif"), std::string::npos);
    EXPECT_EQ(kept.find(samples::kSecretPlace), std::string::npos);
}

TEST_F(MediaTest, KeepsNothingThatHidesInAnImage) {
    const std::string page = "<script>alert(document.domain)</script>";
    for (const Format format : {Format::jpeg, Format::png, Format::webp, Format::gif}) {
        std::string polyglot = samples::image(format, 16, 16);
        polyglot += page + std::string("PK\x03\x04", 4);
        const Answer answer = upload(polyglot, kAnn, "text/html");
        if (answer.status == 422) continue;  // refused: as well
        ASSERT_EQ(answer.status, 201) << answer.body;
        const Answer shown = get(url_of(answer));
        EXPECT_EQ(shown.body.find("script"), std::string::npos);
        EXPECT_EQ(shown.body.find("PK"), std::string::npos);
        EXPECT_TRUE(shown.header("content-type").starts_with("image/"));
    }
}

TEST_F(MediaTest, BelievesTheContentAndNeverTheHeader) {
    EXPECT_EQ(upload(samples::image(Format::jpeg, 8, 8), kAnn, "image/png").json().at("content_type"), "image/jpeg");
    EXPECT_EQ(upload(samples::image(Format::jpeg, 8, 8), kAnn, "").status, 201);
    for (const char* wrong :
         {"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "<!doctype html>", "%PDF-1.7", "BM", "x"}) {
        const Answer answer = upload(wrong);
        EXPECT_EQ(answer.status, 415) << wrong;
        EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    }
    EXPECT_EQ(upload_form({{"file", "photo.png", "MZ this is no image"}}).status, 415);
    EXPECT_EQ(directory_.files().size(), 1u);  // the JPEG
}

TEST_F(MediaTest, RefusesWhatItCannotTakeAndLeavesNothingOnTheDisk) {
    const std::string image = samples::image(Format::png, 20, 20);
    const std::string large = media::image::encode_png([] {
        Raster noise(400, 400, 3);
        std::uint32_t state = 1;
        for (auto& octet : noise.pixels)
            octet = static_cast<std::uint8_t>((state = state * 1'664'525 + 1'013'904'223) >> 24);
        return noise;
    }());
    EXPECT_EQ(upload(large).status, 413);
    EXPECT_EQ(upload_form({{"file", "a.png", large}}).status, 413);
    EXPECT_EQ(upload(image.substr(0, image.size() / 2)).status, 422);
    EXPECT_EQ(upload("").status, 422);
    EXPECT_EQ(upload_form({}).status, 422);
    EXPECT_EQ(upload_form({{"note", "", "no file"}}).status, 422);
    EXPECT_EQ(upload_form({{"file", "a.png", ""}}).status, 422);
    EXPECT_EQ(upload_form({{"file", "a.png", image}, {"file", "b.png", image}}).status, 422);
    const std::string form = samples::form({{"file", "a.png", image}});
    EXPECT_EQ(upload(form.substr(0, form.size() - 8), kAnn, samples::kFormType).status, 400);
    EXPECT_EQ(upload(form, kAnn, "multipart/form-data").status, 400);
    for (const Format format : {Format::jpeg, Format::png, Format::webp, Format::gif}) {
        const Answer answer = upload(samples::bomb(format));
        EXPECT_EQ(answer.status, 422);
        EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/file"});
    }
    EXPECT_TRUE(directory_.files().empty());
}

TEST_F(MediaTest, TakesNoNameFromItsClient) {
    const std::string image = samples::image(Format::png, 20, 20);
    for (const char* name :
         {"../../../etc/passwd", "/etc/cron.d/x", "..\\\\..\\\\boot.ini", "a.php", "con", "a.png%00.php"}) {
        const Answer answer = upload_form({{"../file", name, image}});
        ASSERT_EQ(answer.status, 201) << name;
        const std::string id(answer.json().at("id").as_string());
        EXPECT_EQ(get(url_of(answer)).header("content-disposition"), "inline; filename=\"" + id + ".png\"");
    }
    ASSERT_EQ(directory_.files().size(), 1u);
    EXPECT_TRUE(directory_.files()[0].starts_with("objects/"));
}

TEST_F(MediaTest, ForgetsAnUploadWhoseClientIsGone) {
    const std::string image = samples::image(Format::png, 60, 60);
    for (const char* type : {"image/png", samples::kFormType}) {
        auto pending = host_.request("POST", "/api/media")
                           .as_user(kAnn)
                           .header("content-type", type)
                           .chunks({image.substr(0, 100), image.substr(100, 100)})
                           .stalled()
                           .begin();
        EXPECT_FALSE(pending.is_ended());
        pending.cancel();
        EXPECT_TRUE(pending.is_ended());
    }
    EXPECT_TRUE(directory_.files().empty());
}

TEST_F(MediaTest, LetsNobodyUploadWithoutAnAccount) {
    EXPECT_EQ(host_.request("POST", "/api/media").body(samples::image(Format::png, 4, 4)).send().status, 401);
    EXPECT_EQ(host_.request("DELETE", "/api/media/x").send().status, 401);
}

TEST_F(MediaTest, KeepsTheFileUntilItsLastOwnerIsGone) {
    const std::string image = samples::image(Format::png, 50, 50);
    const std::string first = url_of(upload(image, kAnn)), second = url_of(upload(image, kBob));
    EXPECT_EQ(get(first + "?w=64").status, 200);
    EXPECT_EQ(get(first + "?w=64&square=true").status, 200);
    EXPECT_EQ(directory_.files().size(), 2u);
    EXPECT_EQ(remove(first).status, 204);
    EXPECT_EQ(get(first).status, 404);
    EXPECT_EQ(get(second).status, 200);
    EXPECT_EQ(remove(second, kBob).status, 204);
    EXPECT_TRUE(directory_.files().empty());
    EXPECT_EQ(upload(image).status, 201);  // and it may come again
    EXPECT_EQ(directory_.files().size(), 1u);
}

TEST_F(MediaTest, LetsOnlyTheOwnerDelete) {
    const std::string url = url_of(upload(samples::image(Format::png, 10, 10)));
    EXPECT_EQ(remove(url, kBob).status, 403);
    EXPECT_EQ(get(url).status, 200);
    EXPECT_EQ(remove(url).status, 204);
    EXPECT_EQ(remove(url).status, 404);
}

TEST_F(MediaTest, KeepsFilesAndRowsTogetherUnderAnyRace) {
    const std::string image = samples::image(Format::png, 30, 30);
    std::vector<std::thread> threads;
    for (int worker = 0; worker < 6; ++worker) {
        threads.emplace_back([&, worker] {
            for (int round = 0; round < 8; ++round) {
                const Answer answer = upload(image, 100 + worker);
                if (answer.status != 201) continue;  // 503 at the very most
                EXPECT_EQ(get(url_of(answer)).status, 200);
                EXPECT_EQ(remove(url_of(answer), 100 + worker).status, 204);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    host_.advance(std::chrono::minutes(10));  // a removal that met an upload is the collector's
    EXPECT_TRUE(directory_.files().empty());
}

TEST_F(MediaTest, TellsOthersWhatItHas) {
    const Answer answer = upload(samples::image(Format::jpeg, 20, 10));
    remove(url_of(answer));
    const auto events = host_.published();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].type, "media.created");
    EXPECT_EQ(events[1].type, "media.deleted");
    EXPECT_EQ(events[0].subject, "media/" + std::string(answer.json().at("id").as_string()));
    EXPECT_EQ(events[0].json().at("owner_id"), kAnn);
}

}  // namespace

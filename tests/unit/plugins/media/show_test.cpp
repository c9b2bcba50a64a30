#include "tests/unit/plugins/media/media_fixture.hpp"

#include <thread>

namespace {

class ShowTest : public MediaTest {
protected:
    const std::string url_ = url_of(upload(samples::image(Format::jpeg, 400, 200)));
    const Answer whole_ = get(url_);
};

TEST_F(ShowTest, IsSafeAndCacheableForEver) {
    EXPECT_EQ(whole_.status, 200);
    EXPECT_EQ(whole_.header("content-type"), "image/jpeg");
    EXPECT_EQ(whole_.header("x-content-type-options"), "nosniff");
    EXPECT_TRUE(whole_.header("content-disposition").starts_with("inline; filename=\""));
    EXPECT_EQ(whole_.header("cache-control"), "public, max-age=31536000, immutable");
    EXPECT_NE(whole_.header("content-security-policy").find("sandbox"), std::string::npos);
    EXPECT_EQ(whole_.header("accept-ranges"), "bytes");
}

TEST_F(ShowTest, SavesATransferWhenNothingHasChanged) {
    const std::string tag = whole_.header("etag");
    const Answer again = host_.request("GET", url_).header("if-none-match", "\"other\", " + tag).send();
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.header("etag"), tag);
    EXPECT_EQ(host_.request("GET", url_ + "?w=64").header("if-none-match", tag).send().status, 200);
}

TEST_F(ShowTest, GivesAPartWhenAsked) {
    const auto part = [&](const std::string& range) {
        return host_.request("GET", url_).header("range", range).send();
    };
    const Answer first = part("bytes=0-9"), last = part("bytes=-5");
    EXPECT_EQ(first.status, 206);
    EXPECT_EQ(first.body, whole_.body.substr(0, 10));
    EXPECT_EQ(first.header("content-range"), "bytes 0-9/" + std::to_string(whole_.body.size()));
    EXPECT_EQ(last.body, whole_.body.substr(whole_.body.size() - 5));
    EXPECT_EQ(part("bytes=10-").body + first.body, whole_.body.substr(10) + whole_.body.substr(0, 10));
    EXPECT_EQ(part("bytes=0-1,3-4").status, 200);
    const Answer outside = part("bytes=99999999-");
    EXPECT_EQ(outside.status, 416);
    EXPECT_EQ(outside.header("content-range"), "bytes */" + std::to_string(whole_.body.size()));
}

TEST_F(ShowTest, GivesAPartOnlyOfWhatTheClientKnows) {
    const auto part_if = [&](const std::string& tag) {
        return host_.request("GET", url_).header("range", "bytes=0-9").header("if-range", tag).send().status;
    };
    EXPECT_EQ(part_if(whole_.header("etag")), 206);
    EXPECT_EQ(part_if("\"other\""), 200);
}

TEST_F(ShowTest, MakesEachThumbnailOnce) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(get(url_ + "?w=64").status, 200); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(host_.metric("images_total", {"thumbnail"}), 1);
    const Answer small = get(url_ + "?w=64");
    EXPECT_LT(small.body.size(), whole_.body.size());
    EXPECT_NE(small.header("etag"), whole_.header("etag"));
    const auto raster = media::image::decode_jpeg(small.body, {});
    EXPECT_EQ(raster.width, 64u);
    EXPECT_EQ(raster.height, 32u);
    const auto square = media::image::decode_jpeg(get(url_ + "?w=64&square=true").body, {});
    EXPECT_EQ(square.width, 64u);
    EXPECT_EQ(square.height, 64u);
    EXPECT_EQ(directory_.files().size(), 3u);
}

TEST_F(ShowTest, OffersNoWidthsButItsOwn) {
    for (const char* query : {"?w=65", "?w=0", "?w=-64", "?w=1000000000", "?w=x", "?square=true", "?w=64&square=2"}) {
        EXPECT_EQ(get(url_ + query).status, 422) << query;
    }
    EXPECT_EQ(get(url_ + "?w=65").error_pointers(), std::vector<std::string>{"?w"});
    EXPECT_EQ(directory_.files().size(), 1u);
}

TEST_F(ShowTest, NeverMakesAnImageLarger) {
    const std::string small = url_of(upload(samples::image(Format::png, 30, 20)));
    EXPECT_EQ(get(small + "?w=64").body, get(small).body);
    EXPECT_EQ(directory_.files().size(), 2u);
}

TEST_F(ShowTest, KnowsNoIdsButItsOwn) {
    for (const char* id : {"x", "00000000-0000-7000-8000-000000000000", "..%2f..%2fetc%2fpasswd", "%ff", "%00"}) {
        EXPECT_EQ(get("/api/media/" + std::string(id)).status, 404) << id;
    }
}

TEST_F(ShowTest, AnswersNotFoundWhenTheStoreHasLostTheFile) {
    std::filesystem::remove_all(directory_.path() / "objects");
    EXPECT_EQ(get(url_).status, 404);
    EXPECT_EQ(get(url_ + "?w=64").status, 404);
    EXPECT_EQ(remove(url_).status, 204);
}

TEST_F(MediaTest, DocumentsItsRoutes) {
    const auto document = boost::json::parse(host_.openapi());
    const auto& post = document.at("paths").at("/api/media").at("post").as_object();
    EXPECT_TRUE(post.at("requestBody").at("content").as_object().contains("multipart/form-data"));
    EXPECT_TRUE(post.at("responses").as_object().contains("201"));
    EXPECT_FALSE(post.at("responses").as_object().contains("200"));
    const auto& show = document.at("paths").at("/api/media/{id}").at("get").at("responses").as_object();
    for (const char* status : {"200", "206", "304", "404", "416", "422"}) EXPECT_TRUE(show.contains(status)) << status;
}

}  // namespace

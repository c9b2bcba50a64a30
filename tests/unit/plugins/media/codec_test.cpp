#include "plugins/media/image/codec.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <gatehouse/problem.hpp>

#include "plugins/media/image/orientation.hpp"
#include "plugins/media/image/resize.hpp"
#include "tests/unit/plugins/media/sample_images.hpp"

namespace {

using media::image::Format;
using media::image::Limits;
using media::image::Raster;

constexpr Format kFormats[] = {Format::jpeg, Format::png, Format::webp, Format::gif};

std::string name_of(Format format) { return std::string(media::image::file_extension(format)); }

struct Pixel {
    int red, green, blue;
};
Pixel pixel_at(const Raster& raster, std::uint32_t x, std::uint32_t y) {
    const std::uint8_t* const pixel = raster.row(y) + std::size_t{x} * raster.channels;
    return {pixel[0], pixel[1], pixel[2]};
}

TEST(SniffTest, LooksAtTheContentAlone) {
    for (const Format format : kFormats) EXPECT_EQ(media::image::sniff(samples::image(format, 4, 4)), format);
    for (const char* other : {"", "GIF", "\xff\xd8", "<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "%PDF-1.7",
                              "RIFF", "RIFFxxxxWAVEfmt xxx", "RIFFxxxxWEBPVP8", "BM6", "\x89PNG\n", "II*"}) {
        EXPECT_FALSE(media::image::sniff(other)) << other;
    }
}

TEST(CodecTest, KeepsPixelsWhereTheFormatDoes) {
    const Raster opaque = samples::gradient(37, 21), transparent = samples::gradient(37, 21, 4);
    EXPECT_EQ(media::image::decode_png(media::image::encode_png(opaque), {}), opaque);
    EXPECT_EQ(media::image::decode_png(media::image::encode_png(transparent), {}), transparent);
    const std::string lossless = media::image::encode_webp(opaque, media::image::Quality::lossless);
    EXPECT_EQ(media::image::decode_webp(lossless, {}), opaque);
    EXPECT_EQ(media::image::quality_of_webp(lossless), media::image::Quality::lossless);
    const std::string lossy = media::image::encode_webp(opaque, media::image::Quality::lossy);
    EXPECT_EQ(media::image::quality_of_webp(lossy), media::image::Quality::lossy);
}

TEST(CodecTest, KeepsColoursCloseInJpeg) {
    const Raster before = samples::gradient(64, 48);
    const Raster after = media::image::decode_jpeg(media::image::encode_jpeg(before), {});
    ASSERT_EQ(after.width, 64u);
    ASSERT_EQ(after.height, 48u);
    EXPECT_NEAR(pixel_at(after, 60, 5).red, pixel_at(before, 60, 5).red, 16);
    EXPECT_NEAR(pixel_at(after, 5, 40).green, pixel_at(before, 5, 40).green, 16);
}

TEST(CodecTest, RefusesEveryFileThatWasCutOff) {
    for (const Format format : kFormats) {
        const std::string whole = samples::image(format, 24, 16);
        EXPECT_NO_THROW(static_cast<void>(media::image::decode(format, whole, {})));
        for (std::size_t size = 12; size < whole.size() - 4; ++size) {  // but for PNG's last checksum
            EXPECT_THROW(static_cast<void>(media::image::decode(format, whole.substr(0, size), {})), gatehouse::Invalid)
                << name_of(format) << " of " << size << " octets";
        }
    }
}

TEST(CodecTest, SurvivesEveryChangedOctet) {
    for (const Format format : kFormats) {
        std::string bytes = samples::image(format, 12, 9);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            const char before = bytes[at];
            for (const int flip : {0x01, 0x80, 0xff}) {
                bytes[at] = static_cast<char>(before ^ flip);
                try {
                    static_cast<void>(media::image::decode(format, bytes, {.pixels = 10'000}));
                } catch (const gatehouse::Invalid&) {
                }
            }
            bytes[at] = before;
        }
    }
}

TEST(CodecTest, RefusesWhatClaimsToBeEnormousBeforeTakingMemory) {
    for (const Format format : kFormats) {
        try {
            static_cast<void>(media::image::decode(format, samples::bomb(format), {}));
            FAIL() << name_of(format);
        } catch (const gatehouse::Invalid& refusal) {
            EXPECT_NE(refusal.errors().front().detail.find("pixels"), std::string::npos) << name_of(format);
        }
    }
}

TEST(CodecTest, HoldsToItsLimitsExactly) {
    for (const Format format : kFormats) {
        const std::string bytes = samples::image(format, 20, 10);
        EXPECT_NO_THROW(static_cast<void>(media::image::decode(format, bytes, {.pixels = 200, .side = 20})));
        EXPECT_THROW(static_cast<void>(media::image::decode(format, bytes, {.pixels = 199})), gatehouse::Invalid);
        EXPECT_THROW(static_cast<void>(media::image::decode(format, bytes, {.side = 19})), gatehouse::Invalid);
    }
}

// The corner that is at the top left of the upright picture: by its red (right) and green (bottom) in the stored one.
TEST(OrientationTest, TurnsEveryOfTheEightUpright) {
    struct Case {
        int orientation;
        bool is_right, is_bottom, swaps_sides;
    };
    for (const Case& one : {Case{1, false, false, false}, Case{2, true, false, false}, Case{3, true, true, false},
                            Case{4, false, true, false}, Case{5, false, false, true}, Case{6, false, true, true},
                            Case{7, true, true, true}, Case{8, true, false, true}}) {
        const Raster stored = samples::gradient(6, 4);
        const Raster turned = media::image::upright(stored, one.orientation);
        EXPECT_EQ(turned.width, one.swaps_sides ? 4u : 6u) << one.orientation;
        EXPECT_EQ(turned.height, one.swaps_sides ? 6u : 4u) << one.orientation;
        EXPECT_EQ(pixel_at(turned, 0, 0).red, one.is_right ? 255 : 0) << one.orientation;
        EXPECT_EQ(pixel_at(turned, 0, 0).green, one.is_bottom ? 255 : 0) << one.orientation;
        const Pixel next = pixel_at(turned, 1, 0);  // along the other axis when the sides are swapped
        EXPECT_EQ(next.green != (one.is_bottom ? 255 : 0), one.swaps_sides) << one.orientation;
    }
}

TEST(OrientationTest, IsAppliedToPhotosAndForgotten) {
    const Raster turned = media::image::decode_jpeg(samples::jpeg_with_exif(40, 24, 6), {});
    EXPECT_EQ(turned.width, 24u);
    EXPECT_EQ(turned.height, 40u);
    const std::string again = media::image::encode_jpeg(turned);
    EXPECT_EQ(again.find("Exif"), std::string::npos);
    EXPECT_EQ(media::image::decode_jpeg(again, {}).width, 24u);
}

TEST(OrientationTest, TakesDamagedMetadataForUpright) {
    const std::string block = samples::jpeg_with_exif(8, 8, 6);
    const std::string tiff = block.substr(block.find("MM"), 40);
    EXPECT_EQ(media::image::orientation_of(tiff), 6);
    for (std::size_t size = 0; size < 18; ++size) EXPECT_EQ(media::image::orientation_of(tiff.substr(0, size)), 1);
    EXPECT_EQ(media::image::orientation_of("II*" + std::string(1, '\0') + std::string(4, '\xff')), 1);
    EXPECT_EQ(media::image::orientation_of(""), 1);
}

TEST(GifTest, ShowsTheFirstFrameWhereItBelongs) {
    const samples::GifFrame first{1, 1, 2, 2, {2, 2, 3, 0}, false, 0},
        second{0, 0, 4, 3, std::vector<std::uint8_t>(12, 1)};
    const Raster raster = media::image::decode_gif(samples::gif(4, 3, {first, second}), {});
    ASSERT_EQ(raster.channels, 4u);
    EXPECT_EQ(raster.width, 4u);
    EXPECT_EQ(raster.height, 3u);
    EXPECT_EQ(raster.row(0)[3], 0);                       // outside of the frame
    EXPECT_EQ(pixel_at(raster, 1, 1).red, 255);           // red
    EXPECT_EQ(pixel_at(raster, 1, 2).green, 255);         // green
    EXPECT_EQ(raster.row(2)[std::size_t{2} * 4 + 3], 0);  // the transparent colour
}

TEST(GifTest, PutsInterlacedRowsInOrder) {
    samples::GifFrame frame{0, 0, 1, 9, {}, true};
    // Rows 0, 8, then 4, then 2, 6, then 1, 3, 5, 7: white where the row is odd.
    frame.indices = {0, 0, 0, 0, 0, 1, 1, 1, 1};
    const Raster raster = media::image::decode_gif(samples::gif(1, 9, {frame}), {});
    for (std::uint32_t y = 0; y < 9; ++y) EXPECT_EQ(pixel_at(raster, 0, y).red, y % 2 == 0 ? 0 : 255) << y;
}

TEST(GifTest, GrowsItsCodes) {
    // 0 0 0 0 …: one code for ever longer runs; written by hand: clear, 0, 6, 7, 8 (four bits from here), end.
    const std::string head = samples::gif(10, 1, {}).substr(0, 25);
    std::uint32_t window = 0;
    int bits = 0;
    std::string data;
    const auto put = [&](std::uint32_t code, int width) {
        window |= code << bits;
        for (bits += width; bits >= 8; bits -= 8, window >>= 8) data += static_cast<char>(window);
    };
    put(4, 3), put(0, 3), put(6, 3), put(7, 3), put(8, 4), put(5, 4);
    if (bits > 0) data += static_cast<char>(window);
    const std::string frame = std::string(",\0\0\0\0\x0a\0\x01\0\0\x02", 11) + static_cast<char>(data.size()) + data;
    const Raster raster = media::image::decode_gif(head + frame + std::string(1, '\0') + ";", {});
    EXPECT_EQ(raster.width, 10u);
    EXPECT_EQ(pixel_at(raster, 9, 0).red, 0);
}

TEST(GifTest, RefusesAFileWithoutAFrame) {
    EXPECT_THROW(static_cast<void>(media::image::decode_gif(samples::gif(4, 3, {}), {})), gatehouse::Invalid);
}

TEST(ThumbnailTest, KeepsTheShapeOrCutsOutTheMiddle) {
    using media::image::Shape;
    const Raster raster = samples::gradient(400, 100);
    const Raster whole = media::image::thumbnail(raster, 64, Shape::whole);
    EXPECT_EQ(whole.width, 64u);
    EXPECT_EQ(whole.height, 16u);
    EXPECT_NEAR(pixel_at(whole, 32, 8).red, 128, 4);
    const Raster square = media::image::thumbnail(raster, 64, Shape::square);
    EXPECT_EQ(square.width, 64u);
    EXPECT_EQ(square.height, 64u);
    EXPECT_NEAR(pixel_at(square, 0, 0).red, 255 * 150 / 400, 4);
    EXPECT_EQ(media::image::thumbnail(raster, 1'000, Shape::whole), raster);  // never larger
    EXPECT_EQ(media::image::thumbnail(raster, 256, Shape::square).width, 100u);
    EXPECT_EQ(media::image::thumbnail(samples::gradient(3'000, 1), 64, Shape::whole).height, 1u);
}

TEST(ThumbnailTest, LetsTransparentPixelsHaveNoColour) {
    Raster raster(2, 1, 4);
    raster.pixels = {255, 0, 0, 255, 0, 255, 0, 0};
    const Raster one = media::image::thumbnail(raster, 1, media::image::Shape::whole);
    EXPECT_EQ(one.pixels, (std::vector<std::uint8_t>{255, 0, 0, 128}));
}

}  // namespace

// WebP through libwebp and its demultiplexer: the first frame on its canvas.
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

#include "plugins/media/image/codec.hpp"
#include "plugins/media/image/orientation.hpp"
#include "plugins/media/image/refusal.hpp"

namespace media::image {

namespace {

constexpr float kQuality = 82;
constexpr int kLosslessLevel = 6;
constexpr int kLossless = 2;  // WebPBitstreamFeatures::format

struct FreeDemuxer {
    void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, FreeDemuxer>;

Demuxer open(std::string_view bytes) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    Demuxer demuxer(WebPDemux(&data));  // empty unless the file is complete
    if (!demuxer) refuse_damaged();
    return demuxer;
}

class Frame final {
public:
    explicit Frame(const WebPDemuxer* demuxer) {
        if (WebPDemuxGetFrame(demuxer, 1, &iterator_) == 0) refuse_damaged();
        if (WebPGetFeatures(iterator_.fragment.bytes, iterator_.fragment.size, &features_) != VP8_STATUS_OK) {
            WebPDemuxReleaseIterator(&iterator_);
            refuse_damaged();
        }
    }
    ~Frame() { WebPDemuxReleaseIterator(&iterator_); }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    [[nodiscard]] std::uint32_t width() const { return static_cast<std::uint32_t>(features_.width); }
    [[nodiscard]] std::uint32_t height() const { return static_cast<std::uint32_t>(features_.height); }
    [[nodiscard]] bool is_lossless() const { return features_.format == kLossless; }

    // Onto the canvas, where it belongs.
    void draw_on(Raster& canvas) const {
        const auto left = static_cast<std::uint32_t>(iterator_.x_offset);
        const auto top = static_cast<std::uint32_t>(iterator_.y_offset);
        if (iterator_.x_offset < 0 || iterator_.y_offset < 0 || left > canvas.width || top > canvas.height ||
            width() > canvas.width - left || height() > canvas.height - top) {
            refuse_damaged();
        }
        std::uint8_t* const first = canvas.row(top) + std::size_t{left} * canvas.channels;
        const std::size_t room = canvas.pixels.size() - static_cast<std::size_t>(first - canvas.pixels.data());
        if (WebPDecodeRGBAInto(iterator_.fragment.bytes, iterator_.fragment.size, first, room,
                               static_cast<int>(canvas.row_bytes())) == nullptr) {
            refuse_damaged();
        }
    }

private:
    WebPIterator iterator_{};
    WebPBitstreamFeatures features_{};
};

int orientation_in(const WebPDemuxer* demuxer) {
    WebPChunkIterator chunk{};
    int orientation = 1;
    if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) != 0) {
        std::string_view exif(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size);
        constexpr std::string_view kPrefix("Exif\0\0", 6);  // some writers repeat JPEG's
        if (exif.starts_with(kPrefix)) exif.remove_prefix(kPrefix.size());
        orientation = orientation_of(exif);
    }
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation;
}

class Picture final {
public:
    Picture() {
        if (WebPPictureInit(&picture_) == 0) throw std::runtime_error("libwebp is of another version");
        WebPMemoryWriterInit(&writer_);
        picture_.writer = &WebPMemoryWrite;
        picture_.custom_ptr = &writer_;
    }
    ~Picture() {
        WebPMemoryWriterClear(&writer_);
        WebPPictureFree(&picture_);
    }
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    void import(const Raster& raster, bool is_lossless) {
        picture_.use_argb = is_lossless ? 1 : 0;
        picture_.width = static_cast<int>(raster.width);
        picture_.height = static_cast<int>(raster.height);
        const auto stride = static_cast<int>(raster.row_bytes());
        const int status = raster.channels == 4 ? WebPPictureImportRGBA(&picture_, raster.pixels.data(), stride)
                                                : WebPPictureImportRGB(&picture_, raster.pixels.data(), stride);
        if (status == 0) throw std::bad_alloc();
    }
    std::string encode(const WebPConfig& config) {
        if (WebPEncode(&config, &picture_) == 0) throw std::runtime_error("libwebp could not write an image");
        return {reinterpret_cast<const char*>(writer_.mem), writer_.size};
    }

private:
    WebPPicture picture_{};
    WebPMemoryWriter writer_{};
};

}  // namespace

Raster decode_webp(std::string_view bytes, const Limits& limits) {
    const Demuxer demuxer = open(bytes);
    const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
    const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
    check_size(width, height, limits);
    const Frame frame(demuxer.get());
    check_size(frame.width(), frame.height(), limits);
    Raster canvas(width, height, 4);
    frame.draw_on(canvas);
    return upright(without_idle_alpha(std::move(canvas)), orientation_in(demuxer.get()));
}

Quality quality_of_webp(std::string_view bytes) {
    const Demuxer demuxer = open(bytes);
    return Frame(demuxer.get()).is_lossless() ? Quality::lossless : Quality::lossy;
}

std::string encode_webp(const Raster& raster, Quality quality) {
    const bool is_lossless = quality == Quality::lossless;
    WebPConfig config;
    const bool is_set = WebPConfigPreset(&config, WEBP_PRESET_PHOTO, kQuality) != 0 &&
                        (!is_lossless || WebPConfigLosslessPreset(&config, kLosslessLevel) != 0);
    if (!is_set) throw std::runtime_error("libwebp is of another version");
    Picture picture;
    picture.import(raster, is_lossless);
    return picture.encode(config);
}

}  // namespace media::image

// PNG through libspng.
#include <spng.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "plugins/media/image/codec.hpp"
#include "plugins/media/image/orientation.hpp"
#include "plugins/media/image/refusal.hpp"

namespace media::image {

namespace {

constexpr std::size_t kChunkBytesMax = 4 * 1024 * 1024, kChunkCacheBytesMax = 8 * 1024 * 1024;

struct FreeContext {
    void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Spng = std::unique_ptr<spng_ctx, FreeContext>;

Spng make_context(int flags) {
    Spng context(spng_ctx_new(flags));
    if (!context) throw std::bad_alloc();
    return context;
}

void check_read(int status) {
    if (status == SPNG_EMEM) throw std::bad_alloc();
    if (status != 0) refuse_damaged();
}

void check_written(int status) {
    if (status != 0)
        throw std::runtime_error(std::string("libspng could not write an image: ") + spng_strerror(status));
}

int orientation_in(spng_ctx* context) {
    spng_exif exif{};
    if (spng_get_exif(context, &exif) != 0) return 1;
    return orientation_of({exif.data, exif.length});
}

}  // namespace

Raster decode_png(std::string_view bytes, const Limits& limits) {
    const Spng context = make_context(0);
    check_read(spng_set_image_limits(context.get(), limits.side + 1, limits.side + 1));
    check_read(spng_set_chunk_limits(context.get(), kChunkBytesMax, kChunkCacheBytesMax));
    check_read(spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_USE));
    check_read(spng_set_png_buffer(context.get(), bytes.data(), bytes.size()));
    spng_ihdr header{};
    const int status = spng_get_ihdr(context.get(), &header);
    if (status == SPNG_EUSER_WIDTH || status == SPNG_EUSER_HEIGHT) check_size(limits.side + 1, 1, limits);
    check_read(status);
    check_size(header.width, header.height, limits);

    std::size_t size = 0;
    check_read(spng_decoded_image_size(context.get(), SPNG_FMT_RGBA8, &size));
    Raster raster(header.width, header.height, 4);
    if (size != raster.pixels.size()) refuse_damaged();
    check_read(spng_decode_image(context.get(), raster.pixels.data(), size, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS));
    check_read(spng_decode_chunks(context.get()));  // up to the end: an image without one was cut off
    return upright(without_idle_alpha(std::move(raster)), orientation_in(context.get()));
}

std::string encode_png(const Raster& raster) {
    const Spng context = make_context(SPNG_CTX_ENCODER);
    check_written(spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1));
    spng_ihdr header{};
    header.width = raster.width;
    header.height = raster.height;
    header.bit_depth = 8;
    header.color_type = raster.channels == 4 ? SPNG_COLOR_TYPE_TRUECOLOR_ALPHA : SPNG_COLOR_TYPE_TRUECOLOR;
    check_written(spng_set_ihdr(context.get(), &header));
    check_written(spng_encode_image(context.get(), raster.pixels.data(), raster.pixels.size(), SPNG_FMT_PNG,
                                    SPNG_ENCODE_FINALIZE));
    std::size_t size = 0;
    int status = 0;
    const std::unique_ptr<void, void (*)(void*)> bytes(spng_get_png_buffer(context.get(), &size, &status), &std::free);
    check_written(status);
    if (!bytes) throw std::bad_alloc();
    return {static_cast<const char*>(bytes.get()), size};
}

}  // namespace media::image

// Octets to pixels and back. What is decoded has passed no check yet: every decoder looks at the size that the file
// claims before it takes memory for it, and refuses damage instead of guessing.
//
// Thread-safe; blocking: up to a second of a core for the largest images. Decoders throw a problem that tells the
// client what is wrong (422); memory of width × height × 4 octets, twice that while an image is turned.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/media/image/format.hpp"
#include "plugins/media/image/raster.hpp"

namespace media::image {

struct Limits {
    std::uint64_t pixels = 40'000'000;  // width × height, of the canvas and of the frame
    std::uint32_t side = 16'383;        // the most that WebP can hold
};

// Upright: what EXIF says about the camera's position is applied, and forgotten like all other metadata. Of an
// animation the first frame.
[[nodiscard]] Raster decode(Format format, std::string_view bytes, const Limits& limits);

[[nodiscard]] Raster decode_jpeg(std::string_view bytes, const Limits& limits);
[[nodiscard]] Raster decode_png(std::string_view bytes, const Limits& limits);
[[nodiscard]] Raster decode_webp(std::string_view bytes, const Limits& limits);
[[nodiscard]] Raster decode_gif(std::string_view bytes, const Limits& limits);

// Throws std::bad_alloc or std::runtime_error; the pixels alone go into the file. GIF cannot be written.
// REQUIRES: neither side is longer than Limits::side.
enum class Quality { lossy, lossless };  // for WebP, which has both
[[nodiscard]] std::string encode(Format format, const Raster& raster, Quality quality = Quality::lossy);

[[nodiscard]] std::string encode_jpeg(const Raster& raster);
[[nodiscard]] std::string encode_png(const Raster& raster);
[[nodiscard]] std::string encode_webp(const Raster& raster, Quality quality);

// Whether the pixels were kept exactly, by the file's own account. REQUIRES: decode_webp() has taken it.
[[nodiscard]] Quality quality_of_webp(std::string_view bytes);

}  // namespace media::image

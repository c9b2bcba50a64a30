// Images as they are sent: told by their content, decoded within limits, and what is made of them can be read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <gatehouse/problem.hpp>

#include "plugins/media/image/codec.hpp"
#include "plugins/media/image/orientation.hpp"
#include "plugins/media/image/resize.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace image = media::image;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const int orientation = image::orientation_of(bytes);
    if (orientation < 1 || orientation > 8) std::abort();
    const auto format = image::sniff(bytes);
    if (!format) return 0;
    const image::Limits limits{.pixels = 65'536, .side = 1'024};
    try {
        const image::Raster raster = image::decode(*format, bytes, limits);
        if (std::uint64_t{raster.width} * raster.height > limits.pixels) std::abort();
        if (raster.pixels.size() != raster.row_bytes() * raster.height) std::abort();
        const image::Raster small = image::thumbnail(raster, 16, image::Shape::square);
        if (small.width != small.height || small.width > 16) std::abort();
        if (image::decode_png(image::encode_png(small), limits).width != small.width) std::abort();
    } catch (const gatehouse::Invalid&) {
    }
    return 0;
}

#include "plugins/media/image/codec.hpp"

#include <stdexcept>

namespace media::image {

Raster decode(Format format, std::string_view bytes, const Limits& limits) {
    switch (format) {
        case Format::jpeg: return decode_jpeg(bytes, limits);
        case Format::png: return decode_png(bytes, limits);
        case Format::webp: return decode_webp(bytes, limits);
        case Format::gif: return decode_gif(bytes, limits);
    }
    throw std::logic_error("no such image format");
}

std::string encode(Format format, const Raster& raster, Quality quality) {
    switch (format) {
        case Format::jpeg: return encode_jpeg(raster);
        case Format::png: return encode_png(raster);
        case Format::webp: return encode_webp(raster, quality);
        case Format::gif: break;
    }
    throw std::logic_error("this image format is not written");
}

}  // namespace media::image

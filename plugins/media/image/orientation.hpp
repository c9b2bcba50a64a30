// Which way up a camera was held: tag 0x0112 of EXIF (a TIFF structure).
#pragma once

#include <string_view>

#include "plugins/media/image/raster.hpp"

namespace media::image {

// 1 (upright) to 8; 1 when there is none or the structure is damaged. tiff: without the "Exif\0\0" in front.
[[nodiscard]] int orientation_of(std::string_view tiff);

// Turned and mirrored so that it is upright.
[[nodiscard]] Raster upright(Raster raster, int orientation);

}  // namespace media::image

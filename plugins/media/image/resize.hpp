// Smaller images, by the mean of the area that each pixel covers.
#pragma once

#include <cstdint>

#include "plugins/media/image/raster.hpp"

namespace media::image {

enum class Shape { whole, square };  // square: the middle of it

// At most `width` pixels wide, the shape kept, or a square of that side. Never larger than the image itself.
[[nodiscard]] Raster thumbnail(const Raster& raster, std::uint32_t width, Shape shape);

}  // namespace media::image

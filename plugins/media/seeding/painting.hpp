// Pictures that nobody has taken: portraits as patterns, photos as landscapes. The same seed and motif, the same
// pixels.
#pragma once

#include <cstdint>

#include "plugins/media/image/raster.hpp"

namespace media::seeding {

// Tiles in one colour, the right half the mirror of the left.
[[nodiscard]] image::Raster paint_portrait(std::uint64_t seed, std::int64_t motif);

// Hills, one range before the other, under a sun; wide, high or square. Some tens of milliseconds.
[[nodiscard]] image::Raster paint_landscape(std::uint64_t seed, std::int64_t motif);

}  // namespace media::seeding

#include "plugins/media/image/raster.hpp"

#include <utility>

namespace media::image {

Raster without_idle_alpha(Raster raster) {
    if (raster.channels != 4) return raster;
    for (std::size_t i = 3; i < raster.pixels.size(); i += 4) {
        if (raster.pixels[i] != 255) return raster;
    }
    std::size_t to = 0;
    for (std::size_t from = 0; from < raster.pixels.size(); from += 4) {
        for (std::size_t channel = 0; channel < 3; ++channel) raster.pixels[to++] = raster.pixels[from + channel];
    }
    raster.pixels.resize(to);
    raster.channels = 3;
    return raster;
}

}  // namespace media::image

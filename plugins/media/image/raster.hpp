// An image in memory: rows from the top, 8 bits a channel, red, green, blue and perhaps alpha (not premultiplied).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace media::image {

struct Raster {
    std::uint32_t width = 0, height = 0;
    std::uint32_t channels = 3;  // or 4: with alpha
    std::vector<std::uint8_t> pixels;

    Raster() = default;
    Raster(std::uint32_t its_width, std::uint32_t its_height, std::uint32_t its_channels)
        : width(its_width),
          height(its_height),
          channels(its_channels),
          pixels(std::size_t{its_width} * its_height * its_channels) {}

    [[nodiscard]] std::size_t row_bytes() const { return std::size_t{width} * channels; }
    [[nodiscard]] std::uint8_t* row(std::uint32_t y) { return pixels.data() + y * row_bytes(); }
    [[nodiscard]] const std::uint8_t* row(std::uint32_t y) const { return pixels.data() + y * row_bytes(); }

    bool operator==(const Raster&) const = default;
};

// Without its alpha channel if nothing is transparent.
[[nodiscard]] Raster without_idle_alpha(Raster raster);

}  // namespace media::image

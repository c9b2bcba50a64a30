#include "plugins/media/image/resize.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace media::image {

namespace {

struct Box {
    std::uint32_t left, top, width, height;
};

// A row of sums: colours weighted with alpha, and the alpha itself, so that what is transparent has no colour.
using Sums = std::vector<float>;

void read_pixel(const std::uint8_t* pixel, std::uint32_t channels, float weight, float* sum) {
    const float alpha = channels == 4 ? static_cast<float>(pixel[3]) * weight : 255.0F * weight;
    for (int i = 0; i < 3; ++i) sum[i] += static_cast<float>(pixel[i]) * alpha;
    sum[3] += alpha;
}

// Calls use(index, share) for each source cell between `begin` and `end`.
template <class Use>
void for_each_cell(double begin, double end, std::uint32_t limit, Use use) {
    auto cell = static_cast<std::uint32_t>(begin);
    for (; cell < limit && static_cast<double>(cell) < end; ++cell) {
        const double share = std::min(end, cell + 1.0) - std::max(begin, static_cast<double>(cell));
        if (share > 0) use(cell, static_cast<float>(share));
    }
}

void add_row(const Raster& from, const Box& box, std::uint32_t row, float weight, std::uint32_t width, Sums& sums) {
    const double step = static_cast<double>(box.width) / width;
    const std::uint8_t* const pixels = from.row(box.top + row) + std::size_t{box.left} * from.channels;
    for (std::uint32_t x = 0; x < width; ++x) {
        for_each_cell(x * step, (x + 1) * step, box.width, [&](std::uint32_t cell, float share) {
            read_pixel(pixels + std::size_t{cell} * from.channels, from.channels, share * weight, &sums[x * 4]);
        });
    }
}

void write_row(const Sums& sums, float area, Raster& to, std::uint32_t y) {
    const auto to_octet = [](float value) {
        return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
    };
    std::uint8_t* pixel = to.row(y);
    for (std::uint32_t x = 0; x < to.width; ++x, pixel += to.channels) {
        const float* const sum = &sums[x * 4];
        for (int i = 0; i < 3; ++i) pixel[i] = sum[3] > 0 ? to_octet(sum[i] / sum[3]) : 0;
        if (to.channels == 4) pixel[3] = to_octet(sum[3] / area);
    }
}

Raster shrink(const Raster& from, const Box& box, std::uint32_t width, std::uint32_t height) {
    Raster to(width, height, from.channels);
    const double step = static_cast<double>(box.height) / height;
    const auto area = static_cast<float>(step * box.width / width);
    Sums sums;
    for (std::uint32_t y = 0; y < height; ++y) {
        sums.assign(std::size_t{width} * 4, 0.0F);
        for_each_cell(y * step, (y + 1) * step, box.height,
                      [&](std::uint32_t row, float share) { add_row(from, box, row, share, width, sums); });
        write_row(sums, area, to, y);
    }
    return to;
}

}  // namespace

Raster thumbnail(const Raster& raster, std::uint32_t width, Shape shape) {
    Box box{0, 0, raster.width, raster.height};
    if (shape == Shape::square) {
        const std::uint32_t side = std::min(raster.width, raster.height);
        box = {(raster.width - side) / 2, (raster.height - side) / 2, side, side};
    }
    const std::uint32_t to_width = std::min(width, box.width);
    const double height = static_cast<double>(box.height) * to_width / box.width;
    return shrink(raster, box, to_width, std::max<std::uint32_t>(1, static_cast<std::uint32_t>(std::lround(height))));
}

}  // namespace media::image

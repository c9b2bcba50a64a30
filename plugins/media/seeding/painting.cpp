#include "plugins/media/seeding/painting.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sdk/seed/random.hpp"

namespace media::seeding {

namespace {

using gatehouse::seed::mix;
using gatehouse::seed::Purpose;
using gatehouse::seed::Random;
using image::Raster;

constexpr std::uint32_t kTiles = 5, kTileSide = 56, kMargin = 20;

struct Colour {
    double red = 0, green = 0, blue = 0;  // from 0 to 255
};

// hue: from 0 up to 6; the others from 0 to 1.
Colour from_hue(double hue, double saturation, double lightness) {
    const auto channel = [&](double shift) {
        const double place = std::fmod(hue + shift, 6.0);
        const double share = std::clamp(std::min(place, 4.0 - place), 0.0, 1.0);
        return 255.0 * (lightness + saturation * (share - 0.5) * (1.0 - std::abs(2.0 * lightness - 1.0)));
    };
    return {channel(2.0), channel(0.0), channel(4.0)};
}

Colour between(const Colour& from, const Colour& to, double share) {
    return {from.red + (to.red - from.red) * share, from.green + (to.green - from.green) * share,
            from.blue + (to.blue - from.blue) * share};
}

void set(std::uint8_t* pixel, const Colour& colour, double grain = 0.0) {
    const auto octet = [&](double value) { return static_cast<std::uint8_t>(std::clamp(value + grain, 0.0, 255.0)); };
    pixel[0] = octet(colour.red);
    pixel[1] = octet(colour.green);
    pixel[2] = octet(colour.blue);
}

// The outline of a range of hills: for each column the row in which it begins.
std::vector<double> outline(std::uint32_t width, std::uint32_t height, double level, Random& random) {
    constexpr int kOctaves = 5;
    std::vector<double> rows(width, level * height);
    double wave = width / 2.0, swing = height / 8.0;
    for (int octave = 0; octave < kOctaves; ++octave, wave /= 2.2, swing /= 2.1) {
        std::vector<double> heights(static_cast<std::size_t>(width / wave) + 3);
        for (double& each : heights) each = random.unit() - 0.5;
        for (std::uint32_t x = 0; x < width; ++x) {
            const double place = x / wave;
            const auto before = static_cast<std::size_t>(place);
            const double share = place - static_cast<double>(before), smooth = share * share * (3.0 - 2.0 * share);
            rows[x] += 2.0 * swing * (heights[before] + (heights[before + 1] - heights[before]) * smooth);
        }
    }
    return rows;
}

struct Landscape {
    std::uint32_t width = 0, height = 0;
    Colour zenith, horizon, sun, near, far;
    double sun_x = 0, sun_y = 0, sun_radius = 0;
    std::vector<std::vector<double>> ranges;  // the farthest first
};

Landscape imagine(Random& random) {
    struct Size {
        std::uint32_t width, height;
    };
    constexpr std::array<Size, 5> kSizes{{{1200, 800}, {1200, 800}, {1280, 720}, {800, 1200}, {960, 960}}};
    Landscape land;
    const Size size = kSizes[static_cast<std::size_t>(random.below(std::ssize(kSizes)))];
    land.width = size.width;
    land.height = size.height;
    const double ground = 6.0 * random.unit(), light = 0.35 + 0.3 * random.unit();
    land.zenith = from_hue(3.3 + 2.0 * random.unit(), 0.6, light);               // from the blue of noon to violet
    land.horizon = from_hue(5.4 + 1.4 * random.unit(), 0.8, 0.5 + light / 2.0);  // from pink to yellow
    land.sun = from_hue(0.9, 1.0, 0.9);
    land.near = from_hue(ground, 0.5, 0.16);
    land.far = between(land.horizon, from_hue(ground, 0.4, 0.5), 0.5);
    land.sun_x = (0.15 + 0.7 * random.unit()) * land.width;
    land.sun_y = (0.1 + 0.3 * random.unit()) * land.height;
    land.sun_radius = (0.03 + 0.05 * random.unit()) * land.width;
    const std::int64_t ranges = 3 + random.below(3);
    for (std::int64_t range = 0; range < ranges; ++range) {
        const double level = 0.5 + 0.4 * static_cast<double>(range) / static_cast<double>(ranges - 1);
        land.ranges.push_back(outline(land.width, land.height, level, random));
    }
    return land;
}

Colour sky_at(const Landscape& land, std::uint32_t x, std::uint32_t y) {
    const Colour sky = between(land.zenith, land.horizon, std::min(1.0, 1.6 * y / land.height));
    const double right = x - land.sun_x, down = y - land.sun_y;
    const double nearness = land.sun_radius * land.sun_radius / (right * right + down * down + 1.0);
    return between(sky, land.sun, nearness >= 1.0 ? 1.0 : 0.7 * nearness);
}

Colour colour_at(const Landscape& land, std::uint32_t x, std::uint32_t y) {
    for (std::size_t range = land.ranges.size(); range > 0; --range) {
        const double depth = y - land.ranges[range - 1][x];
        if (depth < 0) continue;
        const double nearness = static_cast<double>(range) / static_cast<double>(land.ranges.size());
        return between(between(land.far, land.near, nearness), land.far, std::min(0.4, depth / land.height));
    }
    return sky_at(land, x, y);
}

}  // namespace

Raster paint_portrait(std::uint64_t seed, std::int64_t motif) {
    Random random(seed, Purpose::portrait, ~motif);
    const double hue = 6.0 * random.unit();
    const Colour paper = from_hue(hue, 0.3, 0.93), ink = from_hue(hue + 3.0 * random.unit(), 0.6, 0.42);
    const std::uint64_t pattern = random.next() | 1U << 12U;  // the middle is never empty
    constexpr std::uint32_t kSide = kTiles * kTileSide + 2 * kMargin;
    Raster raster(kSide, kSide, 3);
    for (std::uint32_t y = 0; y < kSide; ++y) {
        for (std::uint32_t x = 0; x < kSide; ++x) {
            const std::uint32_t across = (x - kMargin) / kTileSide, down = (y - kMargin) / kTileSide;
            const bool is_inside = x >= kMargin && y >= kMargin && across < kTiles && down < kTiles;
            const std::uint32_t tile = std::min(across, kTiles - 1 - across) + down * kTiles;
            set(raster.row(y) + std::size_t{3} * x, is_inside && (pattern >> tile & 1U) != 0 ? ink : paper);
        }
    }
    return raster;
}

Raster paint_landscape(std::uint64_t seed, std::int64_t motif) {
    Random random(seed, Purpose::photos, ~motif);
    const Landscape land = imagine(random);
    const std::uint64_t grains = random.next();
    Raster raster(land.width, land.height, 3);
    for (std::uint32_t y = 0; y < land.height; ++y) {
        for (std::uint32_t x = 0; x < land.width; ++x) {
            const double grain = static_cast<double>(mix(grains + y * land.width + x) % 7) - 3.0;
            set(raster.row(y) + std::size_t{3} * x, colour_at(land, x, y), grain);
        }
    }
    return raster;
}

}  // namespace media::seeding

#include "plugins/media/image/orientation.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace media::image {

namespace {

constexpr std::uint16_t kOrientationTag = 0x0112, kShort = 3;
constexpr std::size_t kEntryBytes = 12;

class Tiff {
public:
    explicit Tiff(std::string_view bytes) : bytes_(bytes), is_big_endian_(bytes.starts_with("MM")) {}

    [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
        if (at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t from = is_big_endian_ ? at + i : at + size - 1 - i;
            value = value << 8 | static_cast<unsigned char>(bytes_[from]);
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool is_big_endian_;
};

}  // namespace

int orientation_of(std::string_view bytes) {
    if (!bytes.starts_with("II*") && !bytes.starts_with("MM")) return 1;
    const Tiff tiff(bytes);
    const auto directory = tiff.number(4, 4);
    if (!directory) return 1;
    const std::uint32_t count = tiff.number(*directory, 2).value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t entry = std::size_t{*directory} + 2 + i * kEntryBytes;
        const auto tag = tiff.number(entry, 2);
        if (!tag) return 1;
        if (*tag != kOrientationTag) continue;
        const std::uint32_t value = tiff.number(entry + 8, 2).value_or(1);
        return tiff.number(entry + 2, 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Raster upright(Raster from, int orientation) {
    if (orientation <= 1 || orientation > 8) return from;
    const bool swaps_sides = orientation >= 5;
    Raster to(swaps_sides ? from.height : from.width, swaps_sides ? from.width : from.height, from.channels);
    for (std::uint32_t y = 0; y < to.height; ++y) {
        for (std::uint32_t x = 0; x < to.width; ++x) {
            std::uint32_t source_x = swaps_sides ? y : x, source_y = swaps_sides ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
                source_x = from.width - 1 - source_x;
            }
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
                source_y = from.height - 1 - source_y;
            }
            std::memcpy(to.row(y) + std::size_t{x} * to.channels,
                        from.row(source_y) + std::size_t{source_x} * from.channels, from.channels);
        }
    }
    return to;
}

}  // namespace media::image

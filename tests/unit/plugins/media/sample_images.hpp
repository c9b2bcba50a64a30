// Images for tests: made here, octet by octet where a well-behaved encoder would refuse.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/media/image/codec.hpp"

namespace samples {

// Red grows to the right, green downwards; with alpha: the left half is transparent.
media::image::Raster gradient(std::uint32_t width, std::uint32_t height, std::uint32_t channels = 3);

std::string image(media::image::Format format, std::uint32_t width, std::uint32_t height);

// A JPEG with an EXIF block that says how the camera was held, and a secret place.
std::string jpeg_with_exif(std::uint32_t width, std::uint32_t height, int orientation);
inline constexpr char kSecretPlace[] = "52.5200N 13.4050E";

struct GifFrame {
    std::uint16_t left = 0, top = 0, width = 1, height = 1;
    std::vector<std::uint8_t> indices;  // into the palette: black, white, red, green
    bool is_interlaced = false;
    int transparent = -1;
};
// screen of width × height; two frames are an animation.
std::string gif(std::uint16_t width, std::uint16_t height, const std::vector<GifFrame>& frames);

// Files of a few octets that claim to be enormous.
std::string bomb(media::image::Format format);

struct Part {
    std::string name, filename, content;  // filename: "" = none
};
std::string form(const std::vector<Part>& parts);  // boundary "B"
inline constexpr char kFormType[] = "multipart/form-data; boundary=B";

}  // namespace samples

// The forms in which an image is in the store: itself, and its thumbnails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/media/image/format.hpp"
#include "plugins/media/image/resize.hpp"

namespace media {

struct Form {
    std::string key;                          // in the store; also what its entity tag is made of
    std::optional<std::uint32_t> width = {};  // empty: the image itself
    image::Shape shape = image::Shape::whole;
};

// In the store: the content's SHA-256 and an extension.
[[nodiscard]] std::string object_name_of(std::string_view bytes, image::Format format);

[[nodiscard]] Form thumbnail_of(const std::string& object_name, std::uint32_t width, image::Shape shape);

}  // namespace media

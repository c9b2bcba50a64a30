// The kinds of images that are taken, told from their first octets and from nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace media::image {

enum class Format { jpeg, png, webp, gif };

// Empty: none of them.
[[nodiscard]] std::optional<Format> sniff(std::string_view bytes);

[[nodiscard]] std::string_view content_type(Format format);
[[nodiscard]] std::string_view file_extension(Format format);  // "jpg"
// As content_type() says it.
[[nodiscard]] std::optional<Format> format_of(std::string_view content_type);

}  // namespace media::image

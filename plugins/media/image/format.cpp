#include "plugins/media/image/format.hpp"

#include <array>

namespace media::image {

namespace {

using namespace std::string_view_literals;

struct Kind {
    Format format;
    std::string_view content_type, extension;
};
constexpr std::array<Kind, 4> kKinds{{{Format::jpeg, "image/jpeg", "jpg"},
                                      {Format::png, "image/png", "png"},
                                      {Format::webp, "image/webp", "webp"},
                                      {Format::gif, "image/gif", "gif"}}};

const Kind& kind_of(Format format) { return kKinds[static_cast<std::size_t>(format)]; }

}  // namespace

std::optional<Format> sniff(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff"sv)) return Format::jpeg;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return Format::png;
    if (bytes.size() >= 16 && bytes.starts_with("RIFF"sv) && bytes.substr(8, 7) == "WEBPVP8"sv) return Format::webp;
    if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return Format::gif;
    return std::nullopt;
}

std::string_view content_type(Format format) { return kind_of(format).content_type; }
std::string_view file_extension(Format format) { return kind_of(format).extension; }

std::optional<Format> format_of(std::string_view content_type) {
    for (const Kind& kind : kKinds) {
        if (kind.content_type == content_type) return kind.format;
    }
    return std::nullopt;
}

}  // namespace media::image

#include "plugins/media/form.hpp"

#include <utility>

#include "plugins/media/store/digest.hpp"

namespace media {

namespace {

std::string_view stem_of(std::string_view object_name) { return object_name.substr(0, object_name.find('.')); }
std::string_view extension_of(std::string_view object_name) { return object_name.substr(object_name.find('.')); }

}  // namespace

std::string object_name_of(std::string_view bytes, image::Format format) {
    return to_hex(sha256(bytes)) + "." + std::string(image::file_extension(format));
}

Form thumbnail_of(const std::string& object_name, std::uint32_t width, image::Shape shape) {
    const char* const mark = shape == image::Shape::square ? "_s" : "_w";
    std::string key(stem_of(object_name));
    key.append(mark).append(std::to_string(width)).append(extension_of(object_name));
    return {std::move(key), width, shape};
}

}  // namespace media

#include "plugins/media/form.hpp"

#include <string_view>
#include <utility>

namespace media {

namespace {

std::string_view stem_of(std::string_view object_name) { return object_name.substr(0, object_name.find('.')); }
std::string_view extension_of(std::string_view object_name) { return object_name.substr(object_name.find('.')); }

}  // namespace

Form thumbnail_of(const std::string& object_name, std::uint32_t width, image::Shape shape) {
    const char* const mark = shape == image::Shape::square ? "_s" : "_w";
    std::string key(stem_of(object_name));
    key.append(mark).append(std::to_string(width)).append(extension_of(object_name));
    return {std::move(key), width, shape};
}

}  // namespace media

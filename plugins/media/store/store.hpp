// Where the octets of images are kept: by a name that is made of their content, so that they never change.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plugins/media/store/file.hpp"

namespace media {

// Thread-safe; every call blocks. Throws gatehouse::ServiceUnavailable when the store does not answer,
// std::system_error when the disk fails.
class Store {
public:
    virtual ~Store() = default;

    // Makes ready; once, before all else.
    virtual void open() = 0;
    // Whole or not at all, and durable, when it returns. Putting the same again changes nothing.
    virtual void put(const std::string& key, std::string_view bytes, std::string_view content_type) = 0;
    // Empty: there is none.
    [[nodiscard]] virtual std::optional<File> get(const std::string& key) = 0;
    // There may be none.
    virtual void remove(const std::string& key) = 0;
};

}  // namespace media

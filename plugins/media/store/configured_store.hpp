#pragma once

#include <filesystem>
#include <memory>

#include "plugins/media/config.hpp"
#include "plugins/media/store/store.hpp"

namespace media {

// Where files are while they are on their way, in and out.
[[nodiscard]] inline std::filesystem::path scratch_of(const Config& config) {
    return std::filesystem::path(config.directory) / "incoming";
}

// The directory or the bucket. Throws std::invalid_argument; no I/O.
[[nodiscard]] std::unique_ptr<Store> configured_store(const Config& config);

}  // namespace media

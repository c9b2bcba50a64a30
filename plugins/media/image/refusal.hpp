// Why an image is not taken, in words for the client (422).
#pragma once

#include <cstdint>

#include "plugins/media/image/codec.hpp"

namespace media::image {

[[noreturn]] void refuse_damaged();

// Returns when an image of that size may be decoded. Beyond the limits it is refused, before it took any memory.
void check_size(std::uint64_t width, std::uint64_t height, const Limits& limits);

}  // namespace media::image

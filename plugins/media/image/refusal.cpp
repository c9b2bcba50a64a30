#include "plugins/media/image/refusal.hpp"

#include <string>

#include <gatehouse/problem.hpp>

namespace media::image {

void refuse_damaged() { throw gatehouse::Invalid("/file", "must be an image that is complete and undamaged"); }

void check_size(std::uint64_t width, std::uint64_t height, const Limits& limits) {
    if (width == 0 || height == 0) refuse_damaged();
    if (width > limits.side || height > limits.side) {
        throw gatehouse::Invalid("/file", "must be at most " + std::to_string(limits.side) + " pixels wide and high");
    }
    if (width * height > limits.pixels) {
        throw gatehouse::Invalid("/file", "must have at most " + std::to_string(limits.pixels) + " pixels");
    }
}

}  // namespace media::image

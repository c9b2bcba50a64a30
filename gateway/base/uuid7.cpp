#include "gateway/base/uuid7.hpp"

#include <chrono>
#include <cstdint>
#include <random>

namespace gatehouse {

namespace {

// xoshiro-like speed is not needed; splitmix64 from a random seed per thread is unpredictable enough for a log id.
std::uint64_t next_random() {
    thread_local std::uint64_t state = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

}  // namespace

Uuid7 Uuid7::generate() {
    using namespace std::chrono;
    const auto milliseconds_now =
        static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    const std::uint64_t high = (milliseconds_now << 16) | 0x7000u | (next_random() & 0x0fffu);
    const std::uint64_t low = (next_random() & 0x3fffffffffffffffu) | 0x8000000000000000u;

    static constexpr char kHex[] = "0123456789abcdef";
    Uuid7 result;
    std::size_t out = 0;
    for (int digit = 0; digit < 32; ++digit) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) result.text_[out++] = '-';
        const std::uint64_t word = digit < 16 ? high : low;
        result.text_[out++] = kHex[(word >> (60 - 4 * (digit % 16))) & 0xf];
    }
    return result;
}

}  // namespace gatehouse

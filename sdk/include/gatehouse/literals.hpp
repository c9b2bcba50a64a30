// Sizes that read as they are said: 64_KiB, 10_MiB.
#pragma once

#include <cstdint>

namespace gatehouse {
inline namespace literals {

constexpr std::uint64_t operator""_KiB(unsigned long long count) { return count * 1024; }
constexpr std::uint64_t operator""_MiB(unsigned long long count) { return count * 1024 * 1024; }

}  // namespace literals
}  // namespace gatehouse

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "gateway/base/time.hpp"

namespace gatehouse::host {

// How long answers took, counted in buckets of which four double the time: from 1 us to over an hour, each to 25 %.
struct Latencies {
    static constexpr std::size_t kBuckets = 128;
    std::array<std::uint64_t, kBuckets> counts{};

    static std::size_t bucket_of(Duration took) {
        const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
        if (us < 4) return us < 1 ? 0 : static_cast<std::size_t>(us);
        const auto value = static_cast<std::uint64_t>(us);
        const auto power = static_cast<std::size_t>(std::bit_width(value)) - 1;
        return std::min(power * 4 - 4 + ((value >> (power - 2)) & 3), kBuckets - 1);
    }
    // Where the bucket ends.
    static Duration end_of(std::size_t bucket) {
        if (bucket < 4) return std::chrono::microseconds(bucket + 1);
        const std::size_t power = bucket / 4 + 1;
        return std::chrono::microseconds((std::uint64_t{5} + bucket % 4) << (power - 2));
    }

    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts) sum += count;
        return sum;
    }
    // An upper bound of what 99 of 100 answers took; zero without answers.
    Duration p99() const {
        const std::uint64_t all = total();
        std::uint64_t left = all - all / 100;
        for (std::size_t i = 0; all != 0 && i < kBuckets; ++i) {
            if (counts[i] >= left) return end_of(i);
            left -= counts[i];
        }
        return Duration::zero();
    }
    Latencies since(const Latencies& earlier) const {
        Latencies result;
        for (std::size_t i = 0; i < kBuckets; ++i) result.counts[i] = counts[i] - earlier.counts[i];
        return result;
    }
};

}  // namespace gatehouse::host

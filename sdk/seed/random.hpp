// Numbers that follow from a seed and from what they are for, so that any of them can be had without the others.
#pragma once

#include <cmath>
#include <cstdint>

namespace gatehouse::seed {

// The output function of SplitMix64: every bit of the answer depends on every bit of `value`.
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

// What a stream of numbers is for: two purposes never share one.
enum class Purpose : std::uint64_t {
    person,
    follows,
    post,
    share,
    likes,
    comments,
    text,
    order,
    portrait,
    photos,
    habits,
    reading,
    post_case,
    person_case
};

// One stream: of a seed, a purpose and a number (of the person, of the post). Cheap to make.
class Random final {
public:
    Random(std::uint64_t seed, Purpose purpose, std::int64_t number)
        : state_(mix(mix(seed ^ (static_cast<std::uint64_t>(purpose) << 56U)) ^ static_cast<std::uint64_t>(number))) {}

    std::uint64_t next() { return mix(state_++); }
    // From 0 up to, not including, 1.
    double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
    // From 0 up to, not including, `end`.  REQUIRES: end > 0
    std::int64_t below(std::int64_t end) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(end)); }
    bool chance(double probability) { return unit() < probability; }

    // A rank from 0 up to, not including, `end`: rank r about as often as (r + 1) ^ -exponent.
    // REQUIRES: end > 0, exponent is not 1
    std::int64_t ranked(std::int64_t end, double exponent) {
        const double power = 1.0 - exponent;
        const double most = std::pow(static_cast<double>(end) + 1.0, power);
        const auto rank = static_cast<std::int64_t>(std::pow(1.0 + unit() * (most - 1.0), 1.0 / power)) - 1;
        return rank < end ? rank : end - 1;
    }
    // 1 or more: at least x with a probability of x ^ -tail, and never above `most`.
    double heavy(double tail, double most) {
        const double value = std::pow(1.0 - unit(), -1.0 / tail);
        return value < most ? value : most;
    }

private:
    std::uint64_t state_;
};

// The numbers below a count, no more than 2^32, in another order.
class Shuffle final {
public:
    Shuffle(std::uint64_t seed, std::int64_t count);
    std::int64_t at(std::int64_t place) const {
        return static_cast<std::int64_t>((static_cast<std::uint64_t>(place) * step_ + start_) % count_);
    }

private:
    std::uint64_t count_, step_, start_;
};

}  // namespace gatehouse::seed

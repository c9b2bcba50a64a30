#include "gateway/pipeline/filters/keyed_hash.hpp"

#include <bit>
#include <cstring>
#include <random>

namespace gatehouse::pipeline {

namespace {

std::uint64_t load(const char* octets, std::size_t size) {
    std::uint64_t word = 0;
    if (size == 0) return word;        // octets may be null
    std::memcpy(&word, octets, size);  // little-endian targets only, as the ABI
    return word;
}

}  // namespace

[[gnu::always_inline]] inline void KeyedHash::round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
}

KeyedHash::Key KeyedHash::random_key() {
    std::random_device random;
    const auto word = [&random] { return (std::uint64_t{random()} << 32) | random(); };
    return {word(), word()};
}

KeyedHash::KeyedHash(const Key& key)
    : v0_(0x736f6d6570736575u ^ key[0]),
      v1_(0x646f72616e646f6du ^ key[1] ^ 0xee),
      v2_(0x6c7967656e657261u ^ key[0]),
      v3_(0x7465646279746573u ^ key[1]) {}

void KeyedHash::compress(std::uint64_t word) {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
}

// The published padding: the last word holds the left-over octets and, on top, the length modulo 256.
void KeyedHash::absorb(std::string_view octets, std::uint64_t last_octet) {
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) compress(load(octets.data() + at, 8));
    compress(load(octets.data() + at, octets.size() - at) | (last_octet << 56));
}

void KeyedHash::add(std::string_view part) {
    compress(part.size());
    absorb(part, 0);
}

void KeyedHash::add(std::uint64_t number) { compress(number); }

Hash128 KeyedHash::finish() {
    v2_ ^= 0xee;
    for (int i = 0; i < 4; ++i) round();
    Hash128 result;
    result.low = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    for (int i = 0; i < 4; ++i) round();
    result.high = v0_ ^ v1_ ^ v2_ ^ v3_;
    return result;
}

Hash128 KeyedHash::of(const Key& key, std::string_view octets) {
    KeyedHash hash(key);
    hash.absorb(octets, octets.size() & 0xff);
    return hash.finish();
}

}  // namespace gatehouse::pipeline

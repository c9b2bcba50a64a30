#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::pipeline {

struct Hash128 {
    std::uint64_t high = 0, low = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
};

// The values are evenly spread: half of one is hash enough for a table.
struct HashHasher {
    std::size_t operator()(const Hash128& key) const { return key.low; }
};

// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein): a keyed function whose values nobody can predict or make
// collide without the key, so that a value can stand for its input. Feed parts with add(); a part's length is hashed
// with it, so ("ab", "c") and ("a", "bc") differ.
class KeyedHash final {
public:
    using Key = std::array<std::uint64_t, 2>;
    static Key random_key();

    explicit KeyedHash(const Key& key);
    void add(std::string_view part);
    void add(std::uint64_t number);
    Hash128 finish();

    // The plain function over one octet string, as published; for its test vectors.
    static Hash128 of(const Key& key, std::string_view octets);

private:
    void compress(std::uint64_t word);
    void absorb(std::string_view octets, std::uint64_t last_octet);
    void round();
    std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace gatehouse::pipeline

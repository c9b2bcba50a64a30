#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "gateway/abi_test/request.hpp"

namespace gatehouse::abi_test {

// What an ordinary client sends, as far as one can tell from the route alone.
Input ordinary_input(const Route& route);

// Anything that a gateway may let through: bad UTF-8, zeros, depth, length, half JSON, strange identities. The same
// seed gives the same inputs.
class HostileInputs final {
public:
    explicit HostileInputs(std::uint32_t seed) : random_(seed) {}
    Input next(const Route& route);

private:
    template <class Choices>
    const auto& pick(const Choices& choices) {
        return choices[random_() % std::size(choices)];
    }
    std::string capture(bool is_integer, bool is_rest);
    std::string body(std::size_t bytes_max);
    std::string noise(std::size_t length);
    std::unique_ptr<Identity> identity(const Route& route);

    std::mt19937 random_;
};

}  // namespace gatehouse::abi_test

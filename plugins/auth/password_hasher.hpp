// Argon2id (RFC 9106) in the PHC text form "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/auth/hashing_gate.hpp"

namespace auth {

struct Argon2Cost {
    std::uint32_t memory_kib = 19'456;  // with two passes: the OWASP recommendation
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
};

// Thread-safe. hash() and the checks wait for the gate; they throw gatehouse::ServiceUnavailable when it is full.
class PasswordHasher final {
public:
    PasswordHasher(Argon2Cost cost, HashingGate::Rules gate);

    [[nodiscard]] std::string hash(std::string_view password);
    [[nodiscard]] bool matches(std::string_view password, const std::string& hash);
    // The work of matches() for a user who does not exist.
    void pretend(std::string_view password);
    // Whether hash was made with another cost than today's.
    [[nodiscard]] bool is_outdated(std::string_view hash) const;

private:
    HashingGate::Pass enter();

    const Argon2Cost cost_;
    HashingGate gate_;
    const std::string prefix_;
    const std::string nobodys_hash_;
};

}  // namespace auth

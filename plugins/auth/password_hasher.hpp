// Argon2id (RFC 9106) in the PHC text form "$argon2id$v=19$m=19456,t=2,p=1$salt$hash"; checks the hashes of bcrypt.hpp
// as well.
#pragma once

#include <atomic>
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
    // False as well for a hash of no known kind: nobody has a password for it.
    [[nodiscard]] bool matches(std::string_view password, const std::string& hash);
    // The work of a matches() that is false, for a user who does not exist.
    void pretend(std::string_view password);
    // Whether hash was made with another cost than today's, or elsewhere.
    [[nodiscard]] bool is_outdated(std::string_view hash) const;

    // The highest cost of the bcrypt hashes that some users still have; 0 = nobody. While there are any, every refusal
    // costs a hash of both kinds, so that the time does not tell whose password is of which, or nobody's.
    void expect_imported(int cost) { imported_cost_ = cost; }

private:
    HashingGate::Pass enter();
    bool check(std::string_view password, const std::string& hash);

    const Argon2Cost cost_;
    HashingGate gate_;
    const std::string prefix_;
    const std::string nobodys_hash_;
    std::atomic<int> imported_cost_ = 0;
};

}  // namespace auth

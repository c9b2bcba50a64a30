#include "plugins/auth/password_hasher.hpp"

#include <argon2.h>

#include <gatehouse/problem.hpp>
#include <stdexcept>

#include "plugins/auth/bcrypt.hpp"
#include "plugins/auth/crypto.hpp"

namespace auth {
namespace {

constexpr std::string_view kArgon2Prefix = "$argon2id$";
constexpr std::size_t kSaltBytes = 16, kHashBytes = 32;

std::string encode(const Argon2Cost& cost, std::string_view password, std::string_view salt) {
    std::string text(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes, kSaltBytes, kHashBytes, Argon2_id),
                     '\0');
    const int result = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                             salt.data(), salt.size(), kHashBytes, text.data(), text.size());
    if (result != ARGON2_OK) throw std::runtime_error(std::string("Argon2: ") + argon2_error_message(result));
    text.resize(text.find('\0'));
    return text;
}

std::string prefix_of(const Argon2Cost& cost) {
    return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
           ",p=" + std::to_string(cost.lanes) + "$";
}

bool argon2_matches(std::string_view password, const std::string& hash) {
    const int result = argon2id_verify(hash.c_str(), password.data(), password.size());
    // Of a hash that was imported no more is known than its form.
    if (result != ARGON2_OK && result != ARGON2_VERIFY_MISMATCH && result != ARGON2_DECODING_FAIL) {
        throw std::runtime_error(std::string("Argon2: ") + argon2_error_message(result));
    }
    return result == ARGON2_OK;
}

// Well-formed, of today's cost, and nobody's: no password is known that makes these zeros. Not computed, so that
// creating the service costs no hash.
std::string nobodys_hash(const Argon2Cost& cost) {
    return prefix_of(cost) + std::string(22, 'A') + "$" + std::string(43, 'A');
}

}  // namespace

PasswordHasher::PasswordHasher(Argon2Cost cost, HashingGate::Rules gate)
    : cost_(cost), gate_(gate), prefix_(prefix_of(cost)), nobodys_hash_(nobodys_hash(cost)) {}

std::string PasswordHasher::hash(std::string_view password) {
    const HashingGate::Pass pass = enter();
    return encode(cost_, password, random_bytes(kSaltBytes));
}

bool PasswordHasher::matches(std::string_view password, const std::string& hash) {
    const HashingGate::Pass pass = enter();
    return check(password, hash);
}

void PasswordHasher::pretend(std::string_view password) { static_cast<void>(matches(password, nobodys_hash_)); }

bool PasswordHasher::check(std::string_view password, const std::string& hash) {
    if (bcrypt_cost(hash)) {
        if (bcrypt_matches(password, hash)) return true;
        static_cast<void>(argon2_matches(password, nobodys_hash_));
        return false;
    }
    const bool is_known = hash.starts_with(kArgon2Prefix);
    if (argon2_matches(password, is_known ? hash : nobodys_hash_)) return is_known;
    if (const int cost = imported_cost_; cost > 0) bcrypt_pretend(password, cost);
    return false;
}

bool PasswordHasher::is_outdated(std::string_view hash) const { return !hash.starts_with(prefix_); }

HashingGate::Pass PasswordHasher::enter() {
    auto pass = gate_.enter();
    if (!pass) throw gatehouse::ServiceUnavailable(std::chrono::seconds(2), "too many logins at once");
    return std::move(*pass);
}

}  // namespace auth

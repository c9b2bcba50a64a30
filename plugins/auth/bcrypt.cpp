#include "plugins/auth/bcrypt.hpp"

#include <crypt.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "plugins/auth/crypto.hpp"

namespace auth {
namespace {

constexpr std::size_t kHashBytes = 60, kCostAt = 4, kSaltAt = 7;
constexpr char kSuffixMark = '~';

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bcrypt_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

// The hash of password with the settings of hash. crypt_rn() and not crypt_r(): AddressSanitizer puts its own in front
// of that one, which finds no library behind it.
std::string hash_of(const std::string& password, const std::string& hash) {
    const auto memory = std::make_unique<crypt_data>();  // 32 KiB
    const char* const computed = crypt_rn(password.c_str(), hash.c_str(), memory.get(), sizeof(crypt_data));
    if (computed == nullptr) throw std::runtime_error("bcrypt: the library refuses the hash");
    return computed;
}

}  // namespace

std::optional<int> bcrypt_cost(std::string_view hash) {
    if (hash.size() > kHashBytes &&
        (hash[kHashBytes] != kSuffixMark || hash.size() > kHashBytes + 1 + kBcryptSuffixMax))
        return std::nullopt;
    if (hash.size() < kHashBytes || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return std::nullopt;
    if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return std::nullopt;
    const std::string_view rest = hash.substr(kSaltAt, kHashBytes - kSaltAt);
    if (!std::all_of(rest.begin(), rest.end(), is_bcrypt_character)) return std::nullopt;
    if (!is_digit(hash[kCostAt]) || !is_digit(hash[kCostAt + 1])) return std::nullopt;
    const int cost = (hash[kCostAt] - '0') * 10 + (hash[kCostAt + 1] - '0');
    return cost >= kBcryptCostMin && cost <= kBcryptCostMax ? std::optional(cost) : std::nullopt;
}

bool bcrypt_matches(std::string_view password, std::string_view hash) {
    std::string typed(password);
    if (hash.size() > kHashBytes) typed += hash.substr(kHashBytes + 1);
    const std::string stored(hash.substr(0, kHashBytes));
    const bool is_right = secrets_equal(hash_of(typed, stored), stored);
    return is_right && password.find('\0') == password.npos;  // the library would stop there
}

void bcrypt_pretend(std::string_view password, int cost) {
    const std::string settings = "$2b$" + std::string(cost < 10 ? "0" : "") + std::to_string(cost) + "$" +
                                 std::string(22, '.') + std::string(31, '.');
    static_cast<void>(bcrypt_matches(password, settings));
}

}  // namespace auth

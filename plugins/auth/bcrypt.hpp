// Hashes of other systems, for users who were brought from there: checked, never made. A login replaces them.
//
//   $2b$12$<22 characters of salt><31 of hash>            bcrypt of the password; also $2a$ and $2y$
//   $2b$12$<22 characters of salt><31 of hash>~<suffix>   … of the password with that text behind it
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace auth {

inline constexpr int kBcryptCostMin = 4, kBcryptCostMax = 14;  // a second or so; more is a way to keep a server busy
inline constexpr std::size_t kBcryptSuffixMax = 128;

// Empty for what is no such hash, or costs too much or too little.
[[nodiscard]] std::optional<int> bcrypt_cost(std::string_view hash);
// REQUIRES: bcrypt_cost(hash). Thread-safe. Takes tens of milliseconds and more.
[[nodiscard]] bool bcrypt_matches(std::string_view password, std::string_view hash);
// The work of bcrypt_matches() for a hash of that cost.
void bcrypt_pretend(std::string_view password, int cost);

}  // namespace auth

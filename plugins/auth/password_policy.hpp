// Which passwords are accepted (NIST SP 800-63B, 5.1.1.2): long enough, not common, not the user's own name. No rules
// of composition, no trimming, no change of case: what was typed is what is hashed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

inline constexpr std::size_t kPasswordCharactersMin = 8, kPasswordCharactersMax = 128;  // Unicode code points
inline constexpr std::size_t kPasswordBytesMax = 1024;

// What is wrong with a new password, for people; empty = nothing. names: what it must not be (user name, e-mail).
[[nodiscard]] std::optional<std::string> password_problem(std::string_view password, std::string_view username,
                                                          std::string_view email);

// Whether a password given at login is worth hashing at all: anything longer was never accepted.
[[nodiscard]] bool is_hashable(std::string_view password);

// The shipped list, any case; see common_passwords.txt.
[[nodiscard]] bool is_common_password(std::string_view password);

}  // namespace auth

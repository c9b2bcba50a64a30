// Key material for tests, made on the spot.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/auth/key_ring.hpp"
#include "plugins/auth/signing_key.hpp"

namespace auth::testing {

[[nodiscard]] std::string new_pem(const char* type);  // "ED25519", "EC" (P-256), "P-384", "RSA"
[[nodiscard]] std::string public_pem(const std::string& private_pem);
[[nodiscard]] std::string ed25519_pem(std::string_view seed);       // raw private key, 32 bytes
[[nodiscard]] std::string p256_public_pem(std::string_view point);  // x || y, 64 bytes
[[nodiscard]] std::string encrypted_pem();

[[nodiscard]] inline Seconds at(std::int64_t unix_seconds) { return Seconds(std::chrono::seconds(unix_seconds)); }

}  // namespace auth::testing

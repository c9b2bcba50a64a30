// The few primitives that the service builds on, all from OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace auth {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest sha256(std::string_view text);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string_view as_text(const Digest& digest);

// From the operating system's generator; throws std::runtime_error when that fails.
[[nodiscard]] std::string random_bytes(std::size_t count);
// The same as base64url text: 16 bytes make 22 characters, 32 make 43.
[[nodiscard]] std::string random_text(std::size_t byte_count);

// In constant time for equal lengths.
[[nodiscard]] bool secrets_equal(std::string_view left, std::string_view right);

}  // namespace auth

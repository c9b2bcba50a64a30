// SHA-256 and HMAC-SHA-256, by OpenSSL.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace media {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string to_hex(const Digest& digest);

inline std::string_view as_text(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace media

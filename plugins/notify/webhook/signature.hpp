// Standard Webhooks 1.0: HMAC-SHA-256 over id, time and body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace notify {

inline constexpr std::size_t kWebhookKeyBytes = 32;

// Octets from the system's generator. Throws std::runtime_error when it fails.
[[nodiscard]] std::string new_webhook_key();
// "whsec_" and base64: how receivers are given a key.
[[nodiscard]] std::string to_secret(std::string_view key);

// "v1,<base64>", one entry of the field webhook-signature. id: without a dot. timestamp: Unix time in seconds.
[[nodiscard]] std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp,
                                            std::string_view body);

}  // namespace notify

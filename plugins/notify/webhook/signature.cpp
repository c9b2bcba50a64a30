#include "plugins/notify/webhook/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "plugins/notify/base64.hpp"

namespace notify {

std::string new_webhook_key() {
    std::array<unsigned char, kWebhookKeyBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random octets");
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_secret(std::string_view key) { return "whsec_" + base64(key); }

std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp,
                              std::string_view body) {
    const std::string content = std::string(id) + "." + std::to_string(timestamp) + "." + std::string(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(), &size) == nullptr) {
        throw std::runtime_error("HMAC-SHA-256 failed");
    }
    return "v1," + base64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace notify

#include "plugins/auth/signing_key.hpp"

#include "plugins/auth/base64url.hpp"
#include "plugins/auth/crypto.hpp"

namespace auth {
namespace {

constexpr std::size_t kSecretBytesMin = 32;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

class SecretKey final : public SigningKey {
public:
    explicit SecretKey(std::string_view secret)
        : secret_(secret), id_(base64url_encode(as_text(hmac_sha256(secret, "gatehouse key id")).substr(0, 16))) {}

    Algorithm algorithm() const override { return Algorithm::hs256; }
    bool can_sign() const override { return true; }
    const std::string& id() const override { return id_; }
    std::string sign(std::string_view text) const override { return std::string(as_text(hmac_sha256(secret_, text))); }
    bool verify(std::string_view text, std::string_view signature) const override {
        return secrets_equal(as_text(hmac_sha256(secret_, text)), signature);
    }
    std::optional<std::string> public_jwk() const override { return std::nullopt; }

private:
    std::string secret_;
    std::string id_;
};

}  // namespace

std::string_view to_string(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::eddsa: return "EdDSA";
        case Algorithm::es256: return "ES256";
        case Algorithm::hs256: return "HS256";
    }
    return {};
}

std::unique_ptr<SigningKey> read_secret_key(std::string_view secret) {
    secret = trimmed(secret);
    if (secret.find("-----BEGIN") != std::string_view::npos) {
        throw KeyError("HS256 wants a shared secret, but this is a PEM key; remove `algorithm: HS256`");
    }
    if (secret.size() < kSecretBytesMin) {
        throw KeyError("an HS256 secret needs at least 32 bytes; make one with: openssl rand -base64 48");
    }
    return std::make_unique<SecretKey>(secret);
}

}  // namespace auth

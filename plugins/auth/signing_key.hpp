// One key for signing or checking tokens. Its type decides the algorithm, so a token can never choose one (RFC
// 8725, 3.1).
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace auth {

enum class Algorithm { eddsa, es256, hs256 };
[[nodiscard]] std::string_view to_string(Algorithm algorithm);  // the "alg" value of RFC 7518 and RFC 8037

// What is wrong with configured key material, for the operator. Never contains any of it.
class KeyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Immutable; thread-safe.
class SigningKey {
public:
    virtual ~SigningKey() = default;

    [[nodiscard]] virtual Algorithm algorithm() const = 0;
    // Whether sign() may be called: a public key only checks.
    [[nodiscard]] virtual bool can_sign() const = 0;
    // The raw JWS signature (for ES256 r || s, 64 bytes).
    [[nodiscard]] virtual std::string sign(std::string_view text) const = 0;
    [[nodiscard]] virtual bool verify(std::string_view text, std::string_view signature) const = 0;
    // The public key as JSON (RFC 7517) with kid, alg and use; empty for a shared secret.
    [[nodiscard]] virtual std::optional<std::string> public_jwk() const = 0;
    // Names the key in token headers: its RFC 7638 thumbprint, or for a secret a keyed digest that tells nothing of it.
    [[nodiscard]] virtual const std::string& id() const = 0;
};

// Reads an unencrypted PEM private or public key, Ed25519 or EC P-256; throws KeyError for all else.
[[nodiscard]] std::unique_ptr<SigningKey> read_pem_key(std::string_view pem);

// HS256. Throws KeyError for less than 32 bytes (RFC 7518, 3.2) and for PEM text, which is somebody's public key by
// mistake. White space around the secret is not part of it, so that a file may end with a newline.
[[nodiscard]] std::unique_ptr<SigningKey> read_secret_key(std::string_view secret);

}  // namespace auth

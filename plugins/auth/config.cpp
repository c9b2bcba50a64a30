#include "plugins/auth/config.hpp"

#include <stdexcept>

#include "plugins/auth/origin_check.hpp"
#include "plugins/auth/secret_mail.hpp"

namespace auth {
namespace {

using std::chrono::seconds;

std::unique_ptr<SigningKey> read_key(const std::string& text, std::optional<Algorithm> algorithm) {
    if (algorithm == Algorithm::hs256) return read_secret_key(text);
    auto key = read_pem_key(text);
    if (algorithm && key->algorithm() != *algorithm) {
        throw KeyError("the key is for " + std::string(to_string(key->algorithm())) + ", but algorithm says " +
                       std::string(to_string(*algorithm)));
    }
    return key;
}

template <class Read>
auto naming(const std::string& what, Read read) {
    try {
        return read();
    } catch (const KeyError& error) {
        throw KeyError(what + ": " + error.what());
    }
}

void require(bool holds, const char* problem) {
    if (!holds) throw std::runtime_error(problem);
}

}  // namespace

void check(const Config& config) {
    require(config.access_lifetime >= seconds(10) && config.access_lifetime <= std::chrono::hours(24),
            "access_lifetime: must be between 10s and 24h");
    require(config.refresh_lifetime >= config.access_lifetime, "refresh_lifetime: must not be below access_lifetime");
    require(config.session_lifetime >= config.refresh_lifetime, "session_lifetime: must not be below refresh_lifetime");
    require(config.revocation_poll >= std::chrono::milliseconds(10) && config.revocation_poll <= seconds(2),
            "revocation_poll: must be between 10ms and 2s");
    require(config.password.memory_kib >= 8 * config.password.lanes,
            "password.memory_kib: must be at least 8 times lanes");
    require(config.deleted_kept >= seconds(0), "deleted_kept: must not be negative");
    require(config.public_url.empty() || is_origin(config.public_url),
            "public_url: must be empty, or scheme and host such as https://example.com");
    for (const std::string& origin : config.origins) {
        if (!is_origin(origin)) {
            throw std::runtime_error("origins: \"" + origin + "\" is no origin, such as https://shop.example.com");
        }
    }
    try {
        const SecretMail probe(config.notify_key);
    } catch (const std::invalid_argument& error) {
        throw std::runtime_error(std::string("notify_key: ") + error.what());
    }
}

std::string notify_key_help() {
    return "`./dev run` makes one, or do it by hand: openssl rand -hex 32 > var/secrets/notify.key and say "
           "notify_key: file:var/secrets/notify.key, for auth and for notify";
}

std::unique_ptr<KeyRing> make_key_ring(const Config& config) {
    if (config.signing_key.empty()) {
        throw KeyError(
            "signing_key: is missing; `./dev run` makes one, or do it by hand: "
            "openssl genpkey -algorithm ed25519 -out var/secrets/auth_signing.key "
            "and say signing_key: file:var/secrets/auth_signing.key");
    }
    auto signer = naming("signing_key", [&] { return read_key(config.signing_key, config.algorithm); });
    std::vector<RetiringKey> retiring;
    for (std::size_t i = 0; i < config.verify_keys.size(); ++i) {
        const VerifyKeyConfig& old = config.verify_keys[i];
        RetiringKey key;
        key.key = naming("verify_keys[" + std::to_string(i) + "]", [&] { return read_key(old.key, old.algorithm); });
        if (old.until) key.until = std::chrono::floor<seconds>(*old.until);
        retiring.push_back(std::move(key));
    }
    return std::make_unique<KeyRing>(std::move(signer), std::move(retiring));
}

}  // namespace auth

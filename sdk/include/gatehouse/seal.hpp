// Text that passes through many hands and that one service alone may read: the code that must be mailed travels from
// the service that makes it to the one that sends mail, through outboxes, brokers and logs of both.
//
//     const std::string id = uuid7();                                     // of the event, made before it is published
//     tx.publish("user.password_reset_requested", Requested{…, sealer.seal(token, id)}, subject, {}, id);
//     …
//     const auto token = sealer.open(payload.sealed, event.id);           // empty: not for us, or not what was sent
//
// AES-256-GCM with a random nonce; the key is derived from the secret with HKDF-SHA-256.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

// Immutable; thread-safe; pure CPU. One secret is good for 2^32 texts.
class Sealer final {
public:
    static constexpr std::size_t kSecretBytesMin = 32, kTextBytesMax = 64 * 1024;

    // secret: shared by those who seal and those who open; `openssl rand -hex 32` makes one. White space around it is
    // not part of it, so that a file may end with a newline. Throws std::invalid_argument for less than 32 octets,
    // without naming any of them.
    explicit Sealer(std::string_view secret);
    ~Sealer();  // wipes the key
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    // context: what the text belongs to, such as the id of its event; only the same context opens it, so that nobody
    // moves it elsewhere. The answer is "v1." and base64url. Throws std::invalid_argument for a text that is too long.
    [[nodiscard]] std::string seal(std::string_view text, std::string_view context) const;
    // Empty for everything that seal() of the same secret and context did not make.
    [[nodiscard]] std::optional<std::string> open(std::string_view sealed, std::string_view context) const;

private:
    std::array<unsigned char, 32> key_{};
};

}  // namespace gatehouse

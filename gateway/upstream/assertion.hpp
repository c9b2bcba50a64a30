#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

// X-Gatehouse-Assertion: how a gateway tells `gatehouse serve` who is asking, so that the far side can believe it.
//
//   v1.<base64url payload>.<base64url HMAC-SHA-256 over "v1.<payload>">
//
// The payload is a fixed sequence of length-prefixed values: issued-at, nonce, audience, method, path and query, user
// id, name, session, calling service, roles. It holds for one request only: another method, path, query or service, a
// second use, or more than 30 s of age (or of clock difference) refuses it.
namespace gatehouse::upstream {

inline constexpr std::string_view kAssertionField = "x-gatehouse-assertion";
inline constexpr std::size_t kAssertionKeyBytesMin = 32;
inline constexpr std::int64_t kAssertionSkewSeconds = 30;

// The request that an assertion is bound to; path and query in the normalised form in which they travel.
struct AssertedRequest {
    std::string_view audience;  // service name
    std::string_view method, path, query;
    bool has_query = false;
};

struct AssertedIdentity {
    std::string_view id, name, session, service;
    std::span<const std::string> roles;
};

enum class AssertionFailure : std::uint8_t {
    none,
    malformed,
    bad_signature,
    expired,  // or issued in the future
    wrong_audience,
    wrong_request,  // another method, path or query
    replayed,
    overloaded,  // more assertions in a minute than can be remembered
};
std::string_view to_string(AssertionFailure failure);

class AssertionKey;
class NonceMemory;

// [any] after construction.
class AssertionSigner final {
public:
    // Error: a key shorter than 32 octets.
    static Result<std::unique_ptr<AssertionSigner>> create(std::string_view key);
    ~AssertionSigner();

    // Appends the field value. Values longer than 65535 octets or more than 255 roles: false, nothing is appended.
    bool sign(const AssertedRequest& request, const AssertedIdentity& identity, std::int64_t unix_seconds,
              std::string& out) const;

private:
    explicit AssertionSigner(std::unique_ptr<AssertionKey> key);
    std::unique_ptr<AssertionKey> key_;
};

// What a valid assertion says. Reuse it: it keeps its capacity.
struct VerifiedIdentity {
    std::string id, name, session, service;
    std::vector<std::string> roles;
};

// [any] after construction; remembers nonces for as long as an assertion can be valid.
class AssertionVerifier final {
public:
    static constexpr std::size_t kNoncesDefault = std::size_t{1} << 22;

    // keys: every key that may still be in use, for rotation. Error: none, or one shorter than 32 octets.
    static Result<std::unique_ptr<AssertionVerifier>> create(std::span<const std::string> keys,
                                                             std::size_t nonces_max = kNoncesDefault);
    ~AssertionVerifier();

    AssertionFailure verify(std::string_view assertion, const AssertedRequest& request, std::int64_t unix_seconds,
                            VerifiedIdentity& identity);

private:
    AssertionVerifier(std::vector<std::unique_ptr<AssertionKey>> keys, std::size_t nonces_max);
    bool is_signed(std::string_view text, std::string_view mac) const;

    std::vector<std::unique_ptr<AssertionKey>> keys_;
    std::unique_ptr<NonceMemory> nonces_;
};

}  // namespace gatehouse::upstream

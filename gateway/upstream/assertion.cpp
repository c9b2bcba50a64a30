#include "gateway/upstream/assertion.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "gateway/base/base64url.hpp"
#include "gateway/upstream/assertion_key.hpp"
#include "gateway/upstream/assertion_payload.hpp"
#include "gateway/upstream/nonce_memory.hpp"

namespace gatehouse::upstream {

namespace {

constexpr std::string_view kVersion = "v1.";
constexpr std::size_t kAssertionBytesMax = 128 * 1024;

// Random octets in bulk: asking OpenSSL for sixteen at a time costs more than the signature.
class NonceSource final {
public:
    bool next(Nonce& nonce) {
        if (used_ + nonce.size() > octets_.size()) {
            if (RAND_bytes(octets_.data(), static_cast<int>(octets_.size())) != 1) return false;
            used_ = 0;
        }
        std::copy_n(octets_.begin() + static_cast<std::ptrdiff_t>(used_), nonce.size(), nonce.begin());
        used_ += nonce.size();
        return true;
    }

private:
    std::array<std::uint8_t, 1024> octets_{};
    std::size_t used_ = sizeof octets_;
};

std::string_view as_text(const AssertionKey::Mac& mac) {
    return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

// The three parts of an assertion.
struct Parts {
    std::string_view is_signed;  // "v1.<payload>"
    std::string_view payload, mac;
};

bool split(std::string_view assertion, Parts& parts) {
    if (!assertion.starts_with(kVersion) || assertion.size() > kAssertionBytesMax) return false;
    const std::size_t dot = assertion.find('.', kVersion.size());
    if (dot == std::string_view::npos) return false;
    parts.is_signed = assertion.substr(0, dot);
    parts.payload = parts.is_signed.substr(kVersion.size());
    parts.mac = assertion.substr(dot + 1);
    return true;
}

void fill(VerifiedIdentity& identity, AssertionPayload& payload) {
    identity.id = payload.id;
    identity.name = payload.name;
    identity.session = payload.session;
    identity.service = payload.service;
    identity.roles.clear();
    while (payload.role_count > 0) identity.roles.emplace_back(next_role(payload));
}

Error short_key() {
    return Error{"the assertion key is shorter than " + std::to_string(kAssertionKeyBytesMin) + " octets"};
}

}  // namespace

std::string_view to_string(AssertionFailure failure) {
    switch (failure) {
        case AssertionFailure::none: return "";
        case AssertionFailure::malformed: return "assertion_malformed";
        case AssertionFailure::bad_signature: return "assertion_bad_signature";
        case AssertionFailure::expired: return "assertion_expired";
        case AssertionFailure::wrong_audience: return "assertion_wrong_audience";
        case AssertionFailure::wrong_request: return "assertion_wrong_request";
        case AssertionFailure::replayed: return "assertion_replayed";
        case AssertionFailure::overloaded: return "assertion_overloaded";
    }
    return "assertion_malformed";
}

AssertionSigner::AssertionSigner(std::unique_ptr<AssertionKey> key) : key_(std::move(key)) {}
AssertionSigner::~AssertionSigner() = default;

Result<std::unique_ptr<AssertionSigner>> AssertionSigner::create(std::string_view key) {
    if (key.size() < kAssertionKeyBytesMin) return short_key();
    return std::unique_ptr<AssertionSigner>(new AssertionSigner(std::make_unique<AssertionKey>(key)));
}

bool AssertionSigner::sign(const AssertedRequest& request, const AssertedIdentity& identity, std::int64_t unix_seconds,
                           std::string& out) const {
    thread_local NonceSource nonces;
    thread_local std::string payload;
    Nonce nonce;
    payload.clear();
    if (!nonces.next(nonce) || !append_payload(payload, request, identity, unix_seconds, nonce)) return false;

    const std::size_t start = out.size();
    out.append(kVersion);
    base64url::encode_to(out, payload);
    AssertionKey::Mac mac;
    if (!key_->compute(std::string_view(out).substr(start), mac)) {
        out.resize(start);
        return false;
    }
    out.push_back('.');
    base64url::encode_to(out, as_text(mac));
    return true;
}

AssertionVerifier::AssertionVerifier(std::vector<std::unique_ptr<AssertionKey>> keys, std::size_t nonces_max)
    : keys_(std::move(keys)), nonces_(std::make_unique<NonceMemory>(nonces_max)) {}
AssertionVerifier::~AssertionVerifier() = default;

Result<std::unique_ptr<AssertionVerifier>> AssertionVerifier::create(std::span<const std::string> keys,
                                                                     std::size_t nonces_max) {
    if (keys.empty()) return Error{"no assertion key"};
    std::vector<std::unique_ptr<AssertionKey>> usable;
    for (const std::string& key : keys) {
        if (key.size() < kAssertionKeyBytesMin) return short_key();
        usable.push_back(std::make_unique<AssertionKey>(key));
    }
    return std::unique_ptr<AssertionVerifier>(new AssertionVerifier(std::move(usable), nonces_max));
}

bool AssertionVerifier::is_signed(std::string_view text, std::string_view mac) const {
    bool matches = false;
    for (const auto& key : keys_) {
        AssertionKey::Mac expected;
        if (mac.size() != expected.size() || !key->compute(text, expected)) continue;
        matches = CRYPTO_memcmp(expected.data(), mac.data(), expected.size()) == 0 || matches;
    }
    return matches;
}

AssertionFailure AssertionVerifier::verify(std::string_view assertion, const AssertedRequest& request,
                                           std::int64_t unix_seconds, VerifiedIdentity& identity) {
    thread_local std::string mac, octets;
    Parts parts;
    if (!split(assertion, parts) || !base64url::decode_to(mac, parts.mac)) return AssertionFailure::malformed;
    if (!is_signed(parts.is_signed, mac)) return AssertionFailure::bad_signature;

    AssertionPayload payload;
    if (!base64url::decode_to(octets, parts.payload) || !read_payload(octets, payload)) {
        return AssertionFailure::malformed;
    }
    if (payload.issued_at < unix_seconds - kAssertionSkewSeconds ||
        payload.issued_at > unix_seconds + kAssertionSkewSeconds) {
        return AssertionFailure::expired;
    }
    if (payload.audience != request.audience) return AssertionFailure::wrong_audience;
    if (payload.method != request.method || !is_target_of(payload.target, request)) {
        return AssertionFailure::wrong_request;
    }
    switch (nonces_->remember(payload.nonce, unix_seconds)) {
        case NonceMemory::Seen::first_time: break;
        case NonceMemory::Seen::again: return AssertionFailure::replayed;
        case NonceMemory::Seen::full: return AssertionFailure::overloaded;
    }
    fill(identity, payload);
    return AssertionFailure::none;
}

}  // namespace gatehouse::upstream

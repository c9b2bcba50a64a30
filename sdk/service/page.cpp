// A cursor is base64url(tag(16) || payload); tag = HMAC-SHA-256(key, scope || 0 || payload), cut to 128 bits. The
// payload is a list of parts: "i<decimal>;" and "s<length>:<octets>".
#include <gatehouse/page.hpp>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "sdk/service/base64url.hpp"

namespace gatehouse {

namespace {
constexpr std::size_t kTagBytes = 16;
}

Cursors::Cursors(std::string_view secret) : key_(secret) {
    if (!key_.empty()) return;
    key_.resize(32);
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), static_cast<int>(key_.size())) != 1) {
        throw std::runtime_error("the random generator has no entropy");
    }
}

std::array<unsigned char, 16> Cursors::tag(std::string_view scope, std::string_view payload) const {
    std::string message(scope);
    message += '\0';
    message += payload;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
             &length) == nullptr) {
        throw std::runtime_error("HMAC-SHA-256 is not available");
    }
    std::array<unsigned char, kTagBytes> cut{};
    std::copy_n(digest.begin(), kTagBytes, cut.begin());
    return cut;
}

std::string Cursors::seal_text(std::string_view scope, std::string_view payload) const {
    const auto seal = tag(scope, payload);
    std::string bytes(seal.begin(), seal.end());
    bytes += payload;
    return detail::base64url_encode(bytes);
}

std::string Cursors::open_text(std::string_view cursor, std::string_view scope) const {
    const auto bytes = detail::base64url_decode(cursor);
    if (!bytes || bytes->size() < kTagBytes) throw_bad_cursor();
    std::string payload = bytes->substr(kTagBytes);
    const auto expected = tag(scope, payload);
    if (CRYPTO_memcmp(expected.data(), bytes->data(), kTagBytes) != 0) throw_bad_cursor();
    return payload;
}

void Cursors::append(std::string& payload, std::string_view value) {
    payload += 's' + std::to_string(value.size()) + ':';
    payload += value;
}

void Cursors::append_integer(std::string& payload, std::int64_t value) { payload += 'i' + std::to_string(value) + ';'; }

std::int64_t Cursors::take_integer(std::string_view& rest) {
    const std::size_t end = rest.find(';');
    if (rest.empty() || rest.front() != 'i' || end == std::string_view::npos) throw_bad_cursor();
    std::int64_t value = 0;
    const auto result = std::from_chars(rest.data() + 1, rest.data() + end, value);
    if (result.ec != std::errc() || result.ptr != rest.data() + end) throw_bad_cursor();
    rest.remove_prefix(end + 1);
    return value;
}

void Cursors::take(std::string_view& rest, std::string& value) {
    const std::size_t colon = rest.find(':');
    if (rest.empty() || rest.front() != 's' || colon == std::string_view::npos) throw_bad_cursor();
    std::size_t length = 0;
    const auto result = std::from_chars(rest.data() + 1, rest.data() + colon, length);
    if (result.ec != std::errc() || result.ptr != rest.data() + colon || length > rest.size() - colon - 1) {
        throw_bad_cursor();
    }
    value = rest.substr(colon + 1, length);
    rest.remove_prefix(colon + 1 + length);
}

void Cursors::throw_bad_cursor() { throw Invalid::parameter("cursor", "is not a cursor of this list"); }

}  // namespace gatehouse

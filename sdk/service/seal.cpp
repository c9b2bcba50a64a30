#include <gatehouse/seal.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

#include "sdk/service/base64url.hpp"

namespace gatehouse {

namespace {

constexpr std::string_view kVersion = "v1.", kPurpose = "gatehouse seal v1", kWhiteSpace = " \t\r\n";
constexpr std::size_t kNonceBytes = 12, kTagBytes = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct FreeKey {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text, std::size_t at = 0) { return reinterpret_cast<unsigned char*>(&text[at]); }
int length(std::string_view text) { return static_cast<int>(text.size()); }

void require(bool done) {
    if (!done) throw std::runtime_error("AES-256-GCM failed");
}

std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(kWhiteSpace);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(kWhiteSpace) + 1 - begin);
}

void derive(std::string_view secret, std::array<unsigned char, 32>& key) {
    const std::unique_ptr<EVP_PKEY_CTX, FreeKey> context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    std::size_t size = key.size();
    require(context && EVP_PKEY_derive_init(context.get()) == 1 &&
            EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1 &&
            EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(secret), length(secret)) == 1 &&
            EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes(kPurpose), length(kPurpose)) == 1 &&
            EVP_PKEY_derive(context.get(), key.data(), &size) == 1 && size == key.size());
}

}  // namespace

Sealer::Sealer(std::string_view secret) {
    secret = trim(secret);
    if (secret.size() < kSecretBytesMin || secret.size() > kTextBytesMax) {
        throw std::invalid_argument("the secret must have at least 32 octets; make one with: openssl rand -hex 32");
    }
    derive(secret, key_);
}

Sealer::~Sealer() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Sealer::seal(std::string_view text, std::string_view context) const {
    if (text.size() > kTextBytesMax || context.size() > kTextBytesMax) {
        throw std::invalid_argument("what is to be sealed is too long");
    }
    // nonce | ciphertext | tag
    std::string raw(kNonceBytes + text.size() + kTagBytes, '\0');
    require(RAND_bytes(bytes(raw), static_cast<int>(kNonceBytes)) == 1);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int written = 0;
    require(cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(raw)) == 1 &&
            EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes(context), length(context)) == 1 &&
            EVP_EncryptUpdate(cipher.get(), bytes(raw, kNonceBytes), &written, bytes(text), length(text)) == 1 &&
            EVP_EncryptFinal_ex(cipher.get(), bytes(raw, kNonceBytes + text.size()), &written) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                                bytes(raw, kNonceBytes + text.size())) == 1);
    return std::string(kVersion) + detail::base64url_encode(raw);
}

std::optional<std::string> Sealer::open(std::string_view sealed, std::string_view context) const {
    if (!sealed.starts_with(kVersion) || sealed.size() > 2 * kTextBytesMax || context.size() > kTextBytesMax) return {};
    auto raw = detail::base64url_decode(sealed.substr(kVersion.size()));
    if (!raw || raw->size() < kNonceBytes + kTagBytes) return {};
    std::string text(raw->size() - kNonceBytes - kTagBytes, '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int written = 0;
    require(cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes(*raw)) == 1 &&
            EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes(context), length(context)) == 1 &&
            EVP_DecryptUpdate(cipher.get(), bytes(text), &written, bytes(*raw, kNonceBytes), length(text)) == 1 &&
            EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                                bytes(*raw, raw->size() - kTagBytes)) == 1);
    unsigned char none = 0;
    if (EVP_DecryptFinal_ex(cipher.get(), &none, &written) != 1) return {};
    return text;
}

}  // namespace gatehouse

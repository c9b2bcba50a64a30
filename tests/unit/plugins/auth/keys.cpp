#include "tests/unit/plugins/auth/keys.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace auth::testing {
namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::string text_of(const Bio& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Key new_key(std::string_view type) {
    if (type == "EC") return Key(EVP_EC_gen("P-256"));
    if (type == "P-384") return Key(EVP_EC_gen("P-384"));
    if (type == "RSA") return Key(EVP_RSA_gen(2048));
    return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

std::string private_pem(const Key& key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("PEM");
    return text_of(bio);
}

std::string public_pem_of(const Key& key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PUBKEY(bio.get(), key.get()) != 1) throw std::runtime_error("PEM");
    return text_of(bio);
}

}  // namespace

std::string new_pem(const char* type) { return private_pem(new_key(type)); }

std::string public_pem(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return public_pem_of(Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)));
}

std::string ed25519_pem(std::string_view seed) {
    return private_pem(Key(EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size())));
}

std::string p256_public_pem(std::string_view point) {
    // SubjectPublicKeyInfo of an uncompressed P-256 point (RFC 5480).
    std::string der(
        "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04",
        27);
    der += point;
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    return public_pem_of(Key(d2i_PUBKEY(nullptr, &bytes, static_cast<long>(der.size()))));
}

std::string encrypted_pem() {
    const Bio bio(BIO_new(BIO_s_mem()));
    const Key key = new_key("ED25519");
    const unsigned char secret[] = "secret";
    PEM_write_bio_PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(), secret, 6, nullptr, nullptr);
    return text_of(bio);
}

}  // namespace auth::testing

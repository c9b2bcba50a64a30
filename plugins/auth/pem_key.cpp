#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>

#include "plugins/auth/base64url.hpp"
#include "plugins/auth/crypto.hpp"
#include "plugins/auth/signing_key.hpp"

namespace auth {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
    void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG, ECDSA_SIG_free>>;

constexpr int kCoordinateBytes = 32;
constexpr std::size_t kRawSignatureBytes = 64;  // both of Ed25519 and of ES256
constexpr std::string_view kHowToMakeOne =
    "make one with: openssl genpkey -algorithm ed25519 -out var/secrets/auth_signing.key";

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string coordinate(const BIGNUM* number) {
    std::string bytes(kCoordinateBytes, '\0');
    if (BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), kCoordinateBytes) != kCoordinateBytes) {
        throw KeyError("the key has a number out of range");
    }
    return bytes;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) throw KeyError("the EC key has no public point");
    return coordinate(Number(number).get());
}

// OpenSSL speaks DER, JOSE the two numbers one after the other (RFC 7518, 3.4).
std::string raw_from_der(std::string_view der) {
    const unsigned char* at = bytes_of(der);
    const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!signature) throw std::runtime_error("ECDSA made no signature");
    return coordinate(ECDSA_SIG_get0_r(signature.get())) + coordinate(ECDSA_SIG_get0_s(signature.get()));
}

std::string der_from_raw(std::string_view raw) {
    const EcSignature signature(ECDSA_SIG_new());
    Number r(BN_bin2bn(bytes_of(raw), kCoordinateBytes, nullptr));
    Number s(BN_bin2bn(bytes_of(raw) + kCoordinateBytes, kCoordinateBytes, nullptr));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());  // now the signature's
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

class PemKey final : public SigningKey {
public:
    PemKey(Key key, Algorithm algorithm, bool is_private)
        : key_(std::move(key)), algorithm_(algorithm), is_private_(is_private), members_(public_members()) {
        id_ = base64url_encode(as_text(sha256("{" + members_ + "}")));
    }

    Algorithm algorithm() const override { return algorithm_; }
    bool can_sign() const override { return is_private_; }
    const std::string& id() const override { return id_; }

    std::string sign(std::string_view text) const override {
        const Context context(EVP_MD_CTX_new());
        std::array<unsigned char, 128> buffer{};
        std::size_t size = buffer.size();
        if (!context ||
            EVP_DigestSignInit_ex(context.get(), nullptr, digest(), nullptr, nullptr, key_.get(), nullptr) != 1 ||
            EVP_DigestSign(context.get(), buffer.data(), &size, bytes_of(text), text.size()) != 1) {
            ERR_clear_error();
            throw std::runtime_error("signing failed");
        }
        const std::string_view signature(reinterpret_cast<const char*>(buffer.data()), size);
        return algorithm_ == Algorithm::es256 ? raw_from_der(signature) : std::string(signature);
    }

    bool verify(std::string_view text, std::string_view signature) const override {
        if (signature.size() != kRawSignatureBytes) return false;
        std::string der;
        if (algorithm_ == Algorithm::es256) {
            der = der_from_raw(signature);
            signature = der;
        }
        const Context context(EVP_MD_CTX_new());
        const bool good =
            context && !signature.empty() &&
            EVP_DigestVerifyInit_ex(context.get(), nullptr, digest(), nullptr, nullptr, key_.get(), nullptr) == 1 &&
            EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
        if (!good) ERR_clear_error();
        return good;
    }

    std::optional<std::string> public_jwk() const override {
        return "{" + members_ + R"(,"kid":")" + id_ + R"(","alg":")" + std::string(to_string(algorithm_)) +
               R"(","use":"sig"})";
    }

private:
    const char* digest() const { return algorithm_ == Algorithm::es256 ? "SHA256" : nullptr; }

    // The required members in the order that a thumbprint wants (RFC 7638, 3.2; RFC 8037, 2).
    std::string public_members() const {
        if (algorithm_ == Algorithm::es256) {
            return R"("crv":"P-256","kty":"EC","x":")" +
                   base64url_encode(coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X)) + R"(","y":")" +
                   base64url_encode(coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)) + "\"";
        }
        std::array<unsigned char, 32> point{};
        std::size_t size = point.size();
        if (EVP_PKEY_get_raw_public_key(key_.get(), point.data(), &size) != 1)
            throw KeyError("the key has no public part");
        const std::string_view text(reinterpret_cast<const char*>(point.data()), size);
        return R"("crv":"Ed25519","kty":"OKP","x":")" + base64url_encode(text) + "\"";
    }

    Key key_;
    Algorithm algorithm_;
    bool is_private_;
    std::string members_;
    std::string id_;
};

Algorithm algorithm_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return Algorithm::eddsa;
    std::array<char, 64> curve{};
    if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, curve.data(), curve.size(), nullptr) == 1 &&
        std::string_view(curve.data()) == SN_X9_62_prime256v1) {
        return Algorithm::es256;
    }
    throw KeyError("the key is neither Ed25519 nor EC P-256; " + std::string(kHowToMakeOne));
}

// Instead of asking for a passphrase on the terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::unique_ptr<SigningKey> read_pem_key(std::string_view pem) {
    using Bio = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;
    const bool is_private = pem.find("PRIVATE KEY-----") != std::string_view::npos;
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr)
                       : PEM_read_bio_PUBKEY(bio.get(), nullptr, refuse_passphrase, nullptr));
    ERR_clear_error();
    if (!key) throw KeyError("not a readable PEM key (it must not be encrypted); " + std::string(kHowToMakeOne));
    const Algorithm algorithm = algorithm_of(key.get());
    return std::make_unique<PemKey>(std::move(key), algorithm, is_private);
}

}  // namespace auth

#include "plugins/auth/signing_key.hpp"

#include <gtest/gtest.h>

#include "plugins/auth/base64url.hpp"
#include "tests/unit/plugins/auth/keys.hpp"

namespace auth {
namespace {

using namespace testing;

std::string decoded(std::string_view text) { return base64url_decode(text).value(); }

// RFC 8037, appendix A.
constexpr char kEdSeed[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
constexpr char kEdPublic[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr char kEdThumbprint[] = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
constexpr char kEdInput[] = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr char kEdSignature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

TEST(AuthSigningKeyTest, SignsAsInRfc8037) {
    const auto key = read_pem_key(ed25519_pem(decoded(kEdSeed)));
    EXPECT_EQ(key->algorithm(), Algorithm::eddsa);
    EXPECT_EQ(base64url_encode(key->sign(kEdInput)), kEdSignature);
    EXPECT_TRUE(key->verify(kEdInput, decoded(kEdSignature)));
    EXPECT_EQ(key->id(), kEdThumbprint);
    EXPECT_NE(key->public_jwk()->find(kEdPublic), std::string::npos);
}

// RFC 7515, appendices A.1 and A.3; both sign the same claims.
constexpr char kClaims[] =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

TEST(AuthSigningKeyTest, AuthenticatesAsInRfc7515AppendixA1) {
    const auto key = read_secret_key(
        decoded("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
    const std::string input = std::string("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.") + kClaims;
    EXPECT_EQ(base64url_encode(key->sign(input)), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    EXPECT_FALSE(key->public_jwk());
}

TEST(AuthSigningKeyTest, VerifiesAsInRfc7515AppendixA3) {
    const auto key = read_pem_key(p256_public_pem(decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU") +
                                                  decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")));
    const std::string input = std::string("eyJhbGciOiJFUzI1NiJ9.") + kClaims;
    const std::string signature =
        decoded("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
    EXPECT_EQ(key->algorithm(), Algorithm::es256);
    EXPECT_FALSE(key->can_sign());
    EXPECT_TRUE(key->verify(input, signature));
    EXPECT_FALSE(key->verify(input + "x", signature));
}

class Es256Test : public ::testing::Test {
protected:
    std::unique_ptr<SigningKey> key = read_pem_key(new_pem("EC"));
    const std::string order{
        "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc"
        "\x63\x25\x51",
        32};
};

TEST_F(Es256Test, SignaturesAreRawAndRoundTrip) {
    for (int i = 0; i < 50; ++i) {
        const std::string signature = key->sign("text");
        ASSERT_EQ(signature.size(), 64u);
        ASSERT_TRUE(key->verify("text", signature));
    }
}

TEST_F(Es256Test, RefusesDegenerateSignatures) {
    const std::string good = key->sign("text"), zero(32, '\0');
    const std::pair<const char*, std::string> bad[] = {{"empty", ""},
                                                       {"zeros", zero + zero},
                                                       {"r zero", zero + good.substr(32)},
                                                       {"s zero", good.substr(0, 32) + zero},
                                                       {"r = n", order + good.substr(32)},
                                                       {"s = n", good.substr(0, 32) + order},
                                                       {"all ones", std::string(64, '\xff')},
                                                       {"short", good.substr(0, 63)},
                                                       {"long", good + "x"},
                                                       {"swapped", good.substr(32) + good.substr(0, 32)}};
    for (const auto& [name, signature] : bad) EXPECT_FALSE(key->verify("text", signature)) << name;
}

TEST(AuthSigningKeyTest, RefusesKeysThatAreWeakOrOfAnotherKind) {
    const std::pair<const char*, std::string> bad[] = {{"nothing", ""},
                                                       {"junk", "secret"},
                                                       {"P-384", new_pem("P-384")},
                                                       {"RSA", new_pem("RSA")},
                                                       {"encrypted", encrypted_pem()},
                                                       {"cut", new_pem("ED25519").substr(0, 60)}};
    for (const auto& [name, pem] : bad) EXPECT_THROW(static_cast<void>(read_pem_key(pem)), KeyError) << name;
}

TEST(AuthSigningKeyTest, RefusesSecretsThatAreShortOrNoSecret) {
    EXPECT_THROW(static_cast<void>(read_secret_key(std::string(31, 'x'))), KeyError);
    EXPECT_THROW(static_cast<void>(read_secret_key(std::string(31, 'x') + "   \n")), KeyError);
    EXPECT_THROW(static_cast<void>(read_secret_key(public_pem(new_pem("EC")))), KeyError);
    EXPECT_NO_THROW(static_cast<void>(read_secret_key(std::string(32, 'x') + "\n")));
    EXPECT_EQ(read_secret_key(std::string(32, 'x'))->id(), read_secret_key(std::string(32, 'x') + "\n")->id());
}

TEST(AuthKeyRingTest, KeepsAnOldKeyUntilItsEnd) {
    const std::string old_pem = new_pem("EC");
    std::vector<RetiringKey> retiring;
    retiring.push_back({read_pem_key(public_pem(old_pem)), at(1'000)});
    const std::string old_id = retiring.front().key->id();
    const KeyRing ring(read_pem_key(new_pem("ED25519")), std::move(retiring));
    EXPECT_NE(ring.find(old_id, at(999)), nullptr);
    EXPECT_EQ(ring.find(old_id, at(1'000)), nullptr);
    EXPECT_NE(ring.public_keys(at(999)).find(old_id), std::string::npos);
    EXPECT_EQ(ring.public_keys(at(1'000)).find(old_id), std::string::npos);
    EXPECT_EQ(ring.find("", at(0)), nullptr);
}

TEST(AuthKeyRingTest, NeverPublishesPrivateParts) {
    const std::string seed = decoded(kEdSeed);
    std::vector<RetiringKey> retiring;
    retiring.push_back({read_secret_key(std::string(40, 's')), std::nullopt});
    const KeyRing ring(read_pem_key(ed25519_pem(seed)), std::move(retiring));
    const std::string published = ring.public_keys(at(0));
    EXPECT_EQ(published.find(kEdSeed), std::string::npos);
    EXPECT_EQ(published.find("\"d\""), std::string::npos);
    EXPECT_EQ(published.find("oct"), std::string::npos);
}

TEST(AuthKeyRingTest, RefusesAPublicSignerAndDuplicates) {
    const std::string pem = new_pem("ED25519");
    EXPECT_THROW(KeyRing(read_pem_key(public_pem(pem)), {}), KeyError);
    std::vector<RetiringKey> again;
    again.push_back({read_pem_key(public_pem(pem)), std::nullopt});
    EXPECT_THROW(KeyRing(read_pem_key(pem), std::move(again)), KeyError);
}

}  // namespace
}  // namespace auth

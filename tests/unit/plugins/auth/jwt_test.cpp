// The attack list: every way we know to make a token that must not pass.
#include "plugins/auth/jwt.hpp"

#include <gtest/gtest.h>

#include "plugins/auth/base64url.hpp"
#include "plugins/auth/crypto.hpp"
#include "tests/unit/plugins/auth/keys.hpp"

namespace auth {
namespace {

using namespace testing;

constexpr std::int64_t kNow = 1'800'000'000;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == text.npos) throw std::logic_error("nothing to replace");
    return text.replace(at, from.size(), to);
}

// One ring with a key of each kind; tokens are signed by hand with any of them.
class JwtTest : public ::testing::Test {
protected:
    JwtTest() {
        std::vector<RetiringKey> retiring;
        retiring.push_back({read_pem_key(es_pem), std::nullopt});
        retiring.push_back({read_secret_key(secret), std::nullopt});
        retiring.push_back({read_pem_key(public_pem(old_pem)), at(kNow + 60)});
        ring = std::make_unique<KeyRing>(read_pem_key(ed_pem), std::move(retiring));
        tokens = std::make_unique<Tokens>(*ring, TokenRules{.issuer = "gatehouse", .audience = "gatehouse"});
    }

    static std::string header(const SigningKey& key) {
        return R"({"alg":")" + std::string(to_string(key.algorithm())) + R"(","typ":"at+jwt","kid":")" + key.id() +
               "\"}";
    }
    static std::string claims() {
        return R"({"iss":"gatehouse","aud":"gatehouse","sub":"42","username":"ann","roles":["user"],"sid":"7","ver":1,)"
               R"("jti":"x","iat":1800000000,"nbf":1800000000,"exp":1800000900})";
    }
    static std::string sign(const SigningKey& key, const std::string& header, const std::string& claims) {
        const std::string text = base64url_encode(header) + "." + base64url_encode(claims);
        return text + "." + base64url_encode(key.sign(text));
    }
    std::string token(const std::string& header, const std::string& claims) const { return sign(*ed, header, claims); }
    std::string with_claim(std::string_view from, std::string_view to) const {
        return token(header(*ed), replaced(claims(), from, to));
    }
    std::string with_header(const std::string& extra) const {
        return token(replaced(header(*ed), "{", "{" + extra + ","), claims());
    }
    Refusal verify(const std::string& token, std::int64_t now = kNow) const {
        return tokens->verify(token, at(now)).refusal;
    }

    const std::string ed_pem = new_pem("ED25519"), es_pem = new_pem("EC"), old_pem = new_pem("ED25519");
    const std::string secret = std::string(32, 's');
    const std::unique_ptr<SigningKey> ed = read_pem_key(ed_pem), es = read_pem_key(es_pem),
                                      hs = read_secret_key(secret), old = read_pem_key(old_pem);
    std::unique_ptr<KeyRing> ring;
    std::unique_ptr<Tokens> tokens;
};

TEST_F(JwtTest, IssuedTokensCarryTheirClaimsBack) {
    Claims claims;
    claims.user_id = 42;
    claims.username = "a\"nn\\";
    claims.roles = {"admin", "user"};
    claims.session_id = 7;
    claims.version = 3;
    const auto verdict = tokens->verify(tokens->issue(claims, at(kNow)), at(kNow + 899));
    ASSERT_TRUE(verdict.claims);
    EXPECT_EQ(verdict.claims->user_id, 42);
    EXPECT_EQ(verdict.claims->username, claims.username);
    EXPECT_EQ(verdict.claims->roles, claims.roles);
    EXPECT_EQ(verdict.claims->session_id, 7);
    EXPECT_EQ(verdict.claims->version, 3);
    EXPECT_EQ(verdict.claims->expires_at, at(kNow + 900));
    EXPECT_EQ(verdict.claims->id.size(), 22u);
}

TEST_F(JwtTest, EveryKeyOfTheRingIsAccepted) {
    for (const SigningKey* key : {ed.get(), es.get(), hs.get(), old.get()}) {
        EXPECT_EQ(verify(sign(*key, header(*key), claims())), Refusal::none) << to_string(key->algorithm());
    }
    // Other order of members, as another library would write them.
    EXPECT_EQ(verify(token(R"({"typ":"at+jwt","kid":")" + ed->id() + R"(","alg":"EdDSA"})", claims())), Refusal::none);
}

TEST_F(JwtTest, ARetiredKeyEndsOnTime) {
    const std::string token = sign(*old, header(*old), claims());
    EXPECT_EQ(verify(token, kNow + 59), Refusal::none);
    EXPECT_EQ(verify(token, kNow + 60), Refusal::unknown_key);
}

TEST_F(JwtTest, TheAlgorithmIsTheKeysAndNeverTheTokens) {
    for (const char* name : {"none", "None", "nOnE", "NONE", "HS256", "ES256", "RS256", "PS256", "RS384", "ES256K",
                             "ES384", "EdDSA ", "eddsa", "Ed25519", ""}) {
        const std::string wrong = replaced(header(*ed), "EdDSA", name);
        EXPECT_EQ(verify(token(wrong, claims())), Refusal::wrong_header) << name;
        const std::string text = base64url_encode(wrong) + "." + base64url_encode(claims()) + ".";
        EXPECT_NE(verify(text), Refusal::none) << name;
        EXPECT_NE(verify(text + "AA"), Refusal::none) << name;
    }
    for (const char* value : {"null", "1", "[\"EdDSA\"]", "{}", "true"}) {
        EXPECT_EQ(verify(token(replaced(header(*ed), "\"EdDSA\"", value), claims())), Refusal::wrong_header) << value;
    }
    EXPECT_EQ(verify(token(replaced(header(*ed), "\"alg\":\"EdDSA\",", ""), claims())), Refusal::wrong_header);
}

TEST_F(JwtTest, APublicKeyIsNoSecret) {
    // Signed with HMAC, keyed with what everybody can read.
    const std::string jwk = *es->public_jwk();
    const std::string pem = public_pem(es_pem), trimmed = pem.substr(0, pem.size() - 1);
    for (const std::string& key : {pem, trimmed, jwk, std::string()}) {
        const std::string text =
            base64url_encode(replaced(header(*es), "ES256", "HS256")) + "." + base64url_encode(claims());
        EXPECT_NE(verify(text + "." + base64url_encode(as_text(hmac_sha256(key, text)))), Refusal::none);
    }
}

TEST_F(JwtTest, OneKeysTokenIsNotAnothersByItsName) {
    EXPECT_EQ(verify(sign(*es, header(*ed), claims())), Refusal::bad_signature);
    EXPECT_EQ(verify(sign(*ed, header(*es), claims())), Refusal::bad_signature);
    EXPECT_EQ(verify(sign(*ed, header(*hs), claims())), Refusal::bad_signature);
    const auto stranger = read_pem_key(new_pem("ED25519"));
    EXPECT_EQ(verify(sign(*stranger, header(*ed), claims())), Refusal::bad_signature);
    EXPECT_EQ(verify(sign(*stranger, header(*stranger), claims())), Refusal::unknown_key);
}

TEST_F(JwtTest, HeadersThatAskForMoreAreRefused) {
    for (const char* extra : {R"("crit":["exp"])", R"("crit":[])", R"("crit":"exp")", R"("b64":false)",
                              R"("zip":"DEF")", R"("jwk":{"kty":"OKP"})", R"("jku":"http://127.0.0.1/")",
                              R"("x5u":"http://127.0.0.1/")", R"("x5c":["AAAA"])", R"("enc":"A128GCM")"}) {
        EXPECT_EQ(verify(with_header(extra)), Refusal::wrong_header) << extra;
    }
    for (const char* extra : {R"("alg":"EdDSA")", R"("kid":"x")", R"("typ":"at+jwt")", R"("x":{"a":1,"a":2})"}) {
        EXPECT_EQ(verify(with_header(extra)), Refusal::malformed) << extra;
    }
    for (const std::string& id : {std::string("../../dev/null"), std::string("' OR 1=1"), std::string(""),
                                  ed->id() + " ", std::string(900, 'k')}) {
        EXPECT_EQ(verify(token(replaced(header(*ed), ed->id(), id), claims())), Refusal::unknown_key) << id;
    }
    for (const char* type : {"JWT", "at+JWT", "application/at+jwt", "refresh", ""}) {
        EXPECT_EQ(verify(token(replaced(header(*ed), "at+jwt", type), claims())), Refusal::wrong_header) << type;
    }
    EXPECT_EQ(verify(token(replaced(header(*ed), "\"typ\":\"at+jwt\",", ""), claims())), Refusal::wrong_header);
    const std::string deep = std::string(1'000, '[') + std::string(1'000, ']');
    EXPECT_EQ(verify(with_header("\"x\":" + deep)), Refusal::malformed);
}

TEST_F(JwtTest, TheCompactFormHasOneSpelling) {
    const std::string good = token(header(*ed), claims());
    ASSERT_EQ(verify(good), Refusal::none);
    const auto first = good.find('.'), last = good.rfind('.');
    const std::string padded = good + "=", head = good.substr(0, last);
    std::string bits = good;
    bits.back() = static_cast<char>(bits.back() == 'A' ? 'B' : bits.back() + 1);  // left-over bits or another signature
    const std::pair<const char*, std::string> bad[] = {
        {"empty", ""},
        {"dots", ".."},
        {"more dots", "..."},
        {"no signature", head},
        {"empty signature", head + "."},
        {"fourth part", good + ".AA"},
        {"fourth part empty", good + "."},
        {"leading dot", "." + good},
        {"padding", padded},
        {"space before", " " + good},
        {"space after", good + " "},
        {"newline", good + "\n"},
        {"inner space", replaced(good, ".", " .")},
        {"NUL", good + std::string(1, '\0')},
        {"other bits", bits},
        {"short signature", good.substr(0, good.size() - 2)},
        {"long signature", good + "AA"},
        {"no header", good.substr(first)},
        {"no claims", good.substr(0, first + 1) + good.substr(last)},
        {"JSON form", R"({"payload":"","signatures":[]})"},
        {"JWE", good.substr(0, first) + ".a.b.c.d"},
        {"standard alphabet", head + "." + std::string(86, '+')},
    };
    for (const auto& [name, text] : bad) EXPECT_NE(verify(text), Refusal::none) << name;
}

TEST_F(JwtTest, AnyFlippedBitBreaksIt) {
    for (const SigningKey* key : {ed.get(), es.get(), hs.get()}) {
        const std::string good = sign(*key, header(*key), claims());
        for (std::size_t i = 0; i < good.size(); i += 3) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 1);
            EXPECT_NE(verify(bad), Refusal::none) << i;
        }
    }
}

TEST_F(JwtTest, DerSignaturesAreNotRawOnes) {
    std::string text = base64url_encode(header(*es)) + "." + base64url_encode(claims());
    const std::string raw = es->sign(text);
    const std::string der =
        std::string("\x30\x44\x02\x20", 4) + raw.substr(0, 32) + std::string("\x02\x20", 2) + raw.substr(32);
    EXPECT_EQ(verify(text + "." + base64url_encode(der)), Refusal::bad_signature);
}

TEST_F(JwtTest, ClaimsThatAreWrongOrMissingAreRefused) {
    const std::pair<const char*, const char*> changes[] = {
        {R"("iss":"gatehouse",)", ""},
        {R"("iss":"gatehouse")", R"("iss":"gatehouse/")"},
        {R"("iss":"gatehouse")", R"("iss":["gatehouse"])"},
        {R"("aud":"gatehouse",)", ""},
        {R"("aud":"gatehouse")", R"("aud":"other")"},
        {R"("aud":"gatehouse")", R"("aud":["other"])"},
        {R"("aud":"gatehouse")", R"("aud":[])"},
        {R"("aud":"gatehouse")", R"("aud":["gatehouse",1])"},
        {R"("aud":"gatehouse")", R"("aud":{"gatehouse":1})"},
        {R"("sub":"42",)", ""},
        {R"("sub":"42")", R"("sub":42)"},
        {R"("sub":"42")", R"("sub":"")"},
        {R"("sub":"42")", R"("sub":"0")"},
        {R"("sub":"42")", R"("sub":"042")"},
        {R"("sub":"42")", R"("sub":"-42")"},
        {R"("sub":"42")", R"("sub":"+42")"},
        {R"("sub":"42")", R"("sub":"42\n")"},
        {R"("sub":"42")", R"("sub":" 42")"},
        {R"("sub":"42")", R"("sub":"42x")"},
        {R"("sub":"42")", R"("sub":"9223372036854775808")"},
        {R"("sub":"42")", R"("sub":{"id":42})"},
        {R"("sid":"7",)", ""},
        {R"("sid":"7")", R"("sid":"x")"},
        {R"("ver":1,)", ""},
        {R"("ver":1)", R"("ver":"1")"},
        {R"("ver":1)", R"("ver":1.0)"},
        {R"("username":"ann",)", ""},
        {R"("username":"ann")", R"("username":"")"},
        {R"("roles":["user"],)", ""},
        {R"("roles":["user"])", R"("roles":"user")"},
        {R"("roles":["user"])", R"("roles":[1])"},
        {R"("jti":"x",)", ""},
        {R"(,"exp":1800000900)", ""},
        {"1800000900", "\"1800000900\""},
        {"1800000900", "1800000900.5"},
        {"1800000900", "1e309"},
        {"1800000900", "null"},
        {"1800000900", "9223372036854775808"},
        {R"("nbf":1800000000,)", ""},
        {R"("iat":1800000000,)", ""},
        {R"("sub":"42")", R"("sub":"42","sub":"43")"},
        {R"("exp":1800000900)", R"("exp":1800000900,"exp":1900000000)"},
    };
    for (const auto& [from, to] : changes)
        EXPECT_EQ(verify(with_claim(from, to)), Refusal::bad_claims) << from << " -> " << to;
    EXPECT_EQ(verify(token(header(*ed), "[]")), Refusal::bad_claims);
    EXPECT_EQ(verify(token(header(*ed), "not json")), Refusal::bad_claims);
    EXPECT_EQ(verify(with_claim(R"("aud":"gatehouse")", R"("aud":["other","gatehouse"])")), Refusal::none);
}

TEST_F(JwtTest, TimeIsExactAtTheEndAndLenientByTheSkewAtTheBeginning) {
    const std::string good = token(header(*ed), claims());
    EXPECT_EQ(verify(good, kNow + 899), Refusal::none);
    EXPECT_EQ(verify(good, kNow + 900), Refusal::not_in_force);
    EXPECT_EQ(verify(good, kNow + 36'000), Refusal::not_in_force);
    EXPECT_EQ(verify(good, kNow - 30), Refusal::none);
    EXPECT_EQ(verify(good, kNow - 31), Refusal::not_in_force);
    const std::pair<const char*, const char*> changes[] = {{"\"nbf\":1800000000", "\"nbf\":1800000031"},
                                                           {"\"iat\":1800000000", "\"iat\":1800000031"},
                                                           {"\"iat\":1800000000", "\"iat\":-1"},
                                                           {"\"exp\":1800000900", "\"exp\":-1"},
                                                           {"\"exp\":1800000900", "\"exp\":9223372036854775807"},
                                                           {"\"exp\":1800000900", "\"exp\":1800000931"},
                                                           {"\"exp\":1800000900", "\"exp\":1800000000"}};
    for (const auto& [from, to] : changes) EXPECT_EQ(verify(with_claim(from, to)), Refusal::not_in_force) << to;
}

TEST_F(JwtTest, SizeIsCheckedBeforeAnythingElse) {
    for (const std::size_t size :
         {std::size_t{4'097}, std::size_t{9'000}, std::size_t{65'536}, std::size_t{1'000'000}}) {
        EXPECT_EQ(verify(std::string(size, 'a')), Refusal::too_large);
        EXPECT_EQ(verify(std::string(size, '.')), Refusal::too_large);
    }
    EXPECT_EQ(verify(std::string(4'096, 'a')), Refusal::malformed);
}

}  // namespace
}  // namespace auth

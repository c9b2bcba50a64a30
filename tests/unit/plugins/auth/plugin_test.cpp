// What the plugin says when it is configured wrongly, and what it does without requests.
#include <boost/json.hpp>

#include "tests/unit/plugins/auth/fixture.hpp"
#include "tests/unit/plugins/auth/keys.hpp"

namespace auth::testing {
namespace {

class AuthPluginTest : public AuthTest {
protected:
    static std::string as_json(std::string text) {
        for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.replace(at, 1, "\\n");
        return "\"" + text + "\"";
    }
    std::string failure(const std::string& members) {
        try {
            static_cast<void>(new_host(members, TestHost::Start::no));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }
};

TEST_F(AuthPluginTest, AMissingOrWeakKeyFailsCreateAndSaysWhatToDo) {
    const std::tuple<const char*, std::string, const char*> rows[] = {
        {"missing", R"("signing_key":"")", "openssl genpkey -algorithm ed25519"},
        {"junk", R"("signing_key":"file:var/secrets/auth_signing.key")", "openssl genpkey"},
        {"RSA", "\"signing_key\":" + as_json(new_pem("RSA")), "Ed25519"},
        {"P-384", "\"signing_key\":" + as_json(new_pem("P-384")), "P-256"},
        {"public", "\"signing_key\":" + as_json(public_pem(new_pem("EC"))), "private"},
        {"encrypted", "\"signing_key\":" + as_json(encrypted_pem()), "encrypted"},
        {"short secret", R"("signing_key":"0123456789012345678901234567890","algorithm":"HS256")", "32 bytes"},
        {"secret without its algorithm", "\"signing_key\":\"" + std::string(64, 'x') + "\"", "PEM"},
        {"key of another algorithm", "\"algorithm\":\"ES256\",\"signing_key\":" + as_json(new_pem("ED25519")), "ES256"},
        {"PEM as a secret", "\"algorithm\":\"HS256\",\"signing_key\":" + as_json(new_pem("ED25519")), "PEM"},
        {"bad verify key", R"("verify_keys":[{"key":"x"}])", "verify_keys[0]"},
        {"unknown option", R"("issuers":"x")", "issuers"},
        {"long tokens", R"("access_lifetime":"48h")", "access_lifetime"},
        {"slow poll", R"("revocation_poll":"10s")", "revocation_poll"},
    };
    for (const auto& [name, members, hint] : rows) {
        const std::string message = failure(members);
        EXPECT_NE(message.find(hint), std::string::npos) << name << ": " << message;
        EXPECT_EQ(message.find("-----BEGIN"), std::string::npos) << name << ": no key material in messages";
    }
}

TEST_F(AuthPluginTest, EveryAlgorithmSignsAndVerifies) {
    const std::pair<std::string, const char*> rows[] = {
        {"\"signing_key\":" + as_json(new_pem("EC")), "ES256"},
        {"\"signing_key\":" + as_json(new_pem("ED25519")) + ",\"algorithm\":\"EdDSA\"", "EdDSA"},
        {"\"algorithm\":\"HS256\",\"signing_key\":\"" + std::string(48, 's') + "\"", ""}};
    sign_up("ann");
    for (const auto& [members, algorithm] : rows) {
        const auto host = new_host(members);
        const Login login = login_of(host->request("POST", "/api/auth/login")
                                         .json(R"({"login":"ann","password":"correct horse battery"})")
                                         .send());
        EXPECT_EQ(verify(*host, login.access_token), 200) << algorithm;
        const auto keys = host->request("GET", "/.well-known/jwks.json").send().json().at("keys").as_array();
        if (*algorithm == '\0') {
            EXPECT_TRUE(keys.empty()) << "a shared secret is not published";
        } else {
            EXPECT_EQ(keys.at(0).at("alg"), algorithm);
        }
    }
}

constexpr std::size_t kMigrations = 8;  // that of events, and its own

TEST_F(AuthPluginTest, MigrationsAreReportedAndApplied) {
    const auto host = new_host("", TestHost::Start::no);
    const auto before = host->migration_status();
    ASSERT_EQ(before.size(), kMigrations);
    EXPECT_FALSE(before[0].applied);
    EXPECT_EQ(host->migrate().size(), kMigrations);
    for (const auto& step : host->migration_status()) EXPECT_TRUE(step.applied) << step.name;
    EXPECT_TRUE(host->migrate().empty());
}

TEST_F(AuthPluginTest, EveryAnswerOfTheApiIsDescribed) {
    const auto document = boost::json::parse(host().openapi());
    const auto& paths = document.at("paths").as_object();
    for (const char* path :
         {"/api/auth/register", "/api/auth/login", "/api/auth/token", "/api/auth/refresh", "/api/auth/logout",
          "/api/auth/verify", "/api/auth/me", "/api/auth/me/export", "/api/auth/change-password",
          "/api/auth/email/verify", "/api/auth/email/resend", "/api/auth/password/forgot", "/api/auth/password/reset",
          "/api/auth/sessions", "/api/auth/sessions/{id}", "/api/auth/users", "/api/auth/users/{user}",
          "/api/auth/invitation", "/.well-known/jwks.json"}) {
        EXPECT_TRUE(paths.contains(path)) << path;
    }
    for (const auto& path : paths) {
        for (const auto& operation : path.value().as_object()) {
            const std::string name = std::string(operation.key()) + " " + std::string(path.key());
            EXPECT_FALSE(operation.value().at("summary").as_string().empty()) << name;
            std::size_t good = 0;
            for (const auto& answer : operation.value().at("responses").as_object()) {
                if (!answer.key().starts_with('2')) continue;
                ++good;
                const bool is_empty = answer.key() == "204" || answer.key() == "202" || name == "get /api/auth/verify";
                EXPECT_EQ(answer.value().as_object().contains("content"), !is_empty) << name;
            }
            EXPECT_EQ(good, 1u) << name;
        }
    }
    const auto needs_token = [&](const char* path, const char* method) {
        return paths.at(path).at(method).at("security") == boost::json::parse(R"([{"bearer":[]}])");
    };
    const auto& session = paths.at("/api/auth/sessions/{id}").at("delete").at("parameters").at(0).at("schema");
    EXPECT_EQ(session.at("minimum"), 0) << "no route for what is no id of a session";
    EXPECT_TRUE(needs_token("/api/auth/me", "get"));
    EXPECT_FALSE(needs_token("/api/auth/login", "post"));
    EXPECT_EQ(paths.at("/api/auth/token").at("post").at("responses").at("400").at("content").as_object().size(), 1u);
}

}  // namespace
}  // namespace auth::testing

#include <atomic>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

class RegisterTest : public AuthTest {
protected:
    Answer sign_up_as(const std::string& username, const std::string& email, const std::string& password = kPassword) {
        return post("/api/auth/register", "{\"username\":\"" + username + "\",\"email\":\"" + email +
                                              "\",\"password\":\"" + password + "\"}");
    }
};

TEST_F(RegisterTest, AnswersWithTheAccountAndTokensThatWork) {
    const Answer answer =
        post("/api/auth/register",
             R"({"username":"Ann","email":"Ann@Example.com","password":"correct horse battery",)"
             R"("full_name":"Ann Lee","phone":"+49 30 123456","roles":["admin"],"status":"banned","id":1})");
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    const auto body = answer.json();
    const auto& user = body.at("user");
    EXPECT_EQ(user.at("username"), "Ann");
    EXPECT_EQ(user.at("email"), "Ann@Example.com");
    EXPECT_EQ(user.at("roles").as_array().size(), 1u);
    EXPECT_EQ(user.at("roles").at(0), "user") << "nobody makes himself an administrator";
    EXPECT_EQ(user.at("email_verified"), false);
    EXPECT_EQ(user.at("status"), "active");
    EXPECT_GT(user.at("id").as_int64(), 1);
    EXPECT_EQ(body.at("token_type"), "bearer");
    EXPECT_EQ(body.at("expires_in"), 900);
    EXPECT_EQ(answer.body.find("horse"), std::string::npos);
    EXPECT_EQ(answer.body.find("argon2"), std::string::npos);

    const Login login = login_of(answer);
    EXPECT_EQ(verify(login.access_token), 200);
    EXPECT_EQ(refresh(login.refresh_token).status, 200);
}

TEST_F(RegisterTest, NamesAllBadFieldsAtOnce) {
    const Answer answer =
        post("/api/auth/register", R"({"username":"a","email":"x","password":"short","phone":"x","full_name":""})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_EQ(answer.error_pointers(),
              (std::vector<std::string>{"/username", "/email", "/password", "/full_name", "/phone"}));
    EXPECT_EQ(post("/api/auth/register", "{}").error_pointers(),
              (std::vector<std::string>{"/username", "/email", "/password"}));
    EXPECT_EQ(sign_up_as("a", "x", "password123").error_pointers(),
              (std::vector<std::string>{"/username", "/email", "/password"}));
    EXPECT_EQ(sign_up_as("annakarenina", "anna@example.com", "AnnaKarenina").error_pointers(),
              std::vector<std::string>{"/password"});
    EXPECT_EQ(post("/api/auth/register", "{").status, 400);
    EXPECT_EQ(post("/api/auth/register", R"({"username":"ann","username":"bob"})").status, 400);
}

TEST_F(RegisterTest, NobodyGetsANameOfTheOperators) {
    for (const char* name : {"admin", "R00t", "sup.port"}) {
        const Answer answer = sign_up_as(name, "eve@example.com");
        EXPECT_EQ(answer.status, 422) << name;
        EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/username"}) << name;
    }
    const Login ann = sign_up("ann");
    const auto rename = [&](const Login& login, const std::string& name) {
        return request("PATCH", "/api/auth/me", login.access_token)
            .json(R"({"username":")" + name + R"(","password":"correct horse battery"})")
            .send();
    };
    const Answer refused = rename(ann, "Moderator");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{"/username"});
    const Answer made =
        host()
            .request("POST", "/api/auth/users")
            .as_service("admin")
            .json(R"({"username":"root","email":"root@example.com","password":"correct horse battery"})")
            .send();
    EXPECT_EQ(made.status, 201) << made.body;
    const Login root = login_of(log_in("root", kPassword));
    EXPECT_EQ(rename(root, "Root").status, 200) << "he has it already";
    EXPECT_EQ(rename(root, "rooter").status, 200);
    EXPECT_EQ(rename(root, "root").status, 200) << "he had it before";
}

TEST_F(RegisterTest, ABodyWithoutAContentTypeIsJson) {
    const Answer answer =
        request("POST", "/api/auth/register")
            .body(R"({"username":"ann","email":"ann@example.com","password":"correct horse battery"})")
            .send();
    EXPECT_EQ(answer.status, 201);
}

TEST_F(RegisterTest, TakenNamesAndAddressesAreConflictsRegardlessOfCase) {
    sign_up("ann");
    const std::tuple<const char*, const char*, std::vector<std::string>> rows[] = {
        {"ann", "new@example.com", {"/username"}},
        {"ANN", "new@example.com", {"/username"}},
        {"new", "ann@example.com", {"/email"}},
        {"new", "ANN@EXAMPLE.com", {"/email"}},
        {"Ann", "Ann@example.com", {"/username", "/email"}},
    };
    for (const auto& [username, email, pointers] : rows) {
        const Answer answer = sign_up_as(username, email);
        EXPECT_EQ(answer.status, 409) << username;
        EXPECT_EQ(answer.error_pointers(), pointers) << username;
    }
}

TEST_F(RegisterTest, AHundredAtTheSameTimeMakeOneAccount) {
    host();
    std::atomic<int> created = 0, conflicts = 0;
    crowd(100, [&](int i) {
        const Answer answer =
            sign_up_as(i % 2 == 0 ? "ann" : "ANN", i % 3 == 0 ? "ann@example.com" : "Ann@Example.com");
        if (answer.status == 201) ++created;
        if (answer.status == 409 && !answer.error_pointers().empty()) ++conflicts;
    });
    EXPECT_EQ(created, 1);
    EXPECT_EQ(conflicts, 99);
}

TEST_F(RegisterTest, BodiesBeyondTheLimitAreRefused) {
    EXPECT_EQ(post("/api/auth/register", std::string(17 * 1024, ' ') + "{}").status, 413);
}

}  // namespace
}  // namespace auth::testing

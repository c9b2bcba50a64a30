// A name that an account gave up is not for others.
#include <atomic>
#include <boost/json.hpp>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class FormerNamesTest : public AuthTest {
protected:
    Answer rename(const Login& login, const std::string& name) {
        return request("PATCH", "/api/auth/me", login.access_token)
            .json(R"({"username":")" + name + R"(","password":"correct horse battery"})")
            .send();
    }
    Answer try_sign_up(const std::string& name, const std::string& address) {
        return post("/api/auth/register", R"({"username":")" + name + R"(","email":")" + address +
                                              R"(@example.com","password":"correct horse battery"})");
    }
};

TEST_F(FormerNamesTest, NobodyElseBecomesWhoSomebodyWas) {
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    ASSERT_EQ(rename(ann, "anna").status, 200);
    const std::vector<std::string> at_name = {"/username"};
    for (const char* name : {"ann", "ANN"}) {
        const Answer registered = try_sign_up(name, "eve");
        EXPECT_EQ(registered.status, 409) << name;
        EXPECT_EQ(registered.error_pointers(), at_name);
        const Answer renamed = rename(bob, name);
        EXPECT_EQ(renamed.status, 409) << name;
        EXPECT_EQ(renamed.error_pointers(), at_name);
    }
    const Answer made = host()
                            .request("POST", "/api/auth/users")
                            .as_service("admin")
                            .json(R"({"username":"ann","email":"e@example.com","password":"correct horse battery"})")
                            .send();
    EXPECT_EQ(made.status, 409);
    EXPECT_EQ(rename(bob, "anna").status, 409) << "the present name of a renamed account";
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(get("/api/auth/users/ann", bob.access_token).status, 404);
    EXPECT_EQ(log_in("anna", kPassword).status, 200);
}

TEST_F(FormerNamesTest, AnImportDoesNotGiveThemAwayEither) {
    ASSERT_EQ(rename(sign_up("ann"), "anna").status, 200);
    const auto answer = host().admin(
        "users.import",
        R"({"users":[{"username":"Ann","email":"a@example.com","password_hash":"$2b$04$abcdefghijklmnopqrstuuKn5gCNzQ8WyPCnA4qHw1VeUvD6kIWNm"},)"
        R"({"username":"amy","email":"a@example.com","password_hash":"$2b$04$abcdefghijklmnopqrstuuKn5gCNzQ8WyPCnA4qHw1VeUvD6kIWNm"}]})");
    ASSERT_EQ(answer.status, GH_OK) << answer.json;
    const auto result = boost::json::parse(answer.json);
    EXPECT_EQ(result.at("imported").as_int64(), 1) << answer.json;
    EXPECT_EQ(result.at("skipped").at(0).at("username"), "Ann");
}

TEST_F(FormerNamesTest, TheirOwnerMayGoBackToThem) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(rename(ann, "anna").status, 200);
    ASSERT_EQ(rename(ann, "ANN").status, 200);
    EXPECT_EQ(try_sign_up("anna", "eve").status, 409);
    const auto known = get("/api/auth/me/export", ann.access_token).json();
    EXPECT_EQ(known.at("former_names"), boost::json::parse(R"(["anna"])"));
}

TEST_F(FormerNamesTest, NobodyCollectsThem) {
    const Login ann = sign_up("ann");
    for (const char* name : {"ann1", "ann2", "ann3", "ann4"}) ASSERT_EQ(rename(ann, name).status, 200) << name;
    host().advance(24h);
    const Login again = login_of(log_in("ann4", kPassword));
    ASSERT_EQ(rename(again, "ann5").status, 200);
    const Answer refused = rename(again, "ann6");
    ASSERT_EQ(refused.status, 429) << refused.body;
    const int wait = std::stoi(refused.header("retry-after"));
    EXPECT_GT(wait, 28 * 86'400);
    EXPECT_LE(wait, 29 * 86'400);
    EXPECT_EQ(rename(again, "Ann5").status, 200) << "another spelling is no other name";
    EXPECT_EQ(rename(again, "ann2").status, 200) << "he had it before";
    EXPECT_EQ(try_sign_up("ann6", "eve").status, 201) << "what was refused is free";
    host().advance(std::chrono::seconds(wait));
    EXPECT_EQ(rename(login_of(log_in("ann2", kPassword)), "ann7").status, 200);
}

TEST_F(FormerNamesTest, OfManyWhoWantAFreedNameNobodyGetsIt) {
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    std::atomic<int> others = 0;
    crowd(8, [&](int i) {
        if (i == 0) {
            while (rename(ann, "anna").status == 503) {
            }
        } else if (i == 1) {
            others += rename(bob, "ann").status == 200 ? 1 : 0;
        } else {
            others += try_sign_up("ann", "eve" + std::to_string(i)).status == 201 ? 1 : 0;
        }
    });
    EXPECT_EQ(others, 0);
    EXPECT_EQ(log_in("anna", kPassword).status, 200);
}

TEST_F(FormerNamesTest, TheyStayTakenWhenTheAccountIsGone) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(rename(ann, "anna").status, 200);
    ASSERT_EQ(change_rights(ann.id, R"({"status":"deleted"})").status, 200);
    EXPECT_EQ(try_sign_up("ann", "eve").status, 409);
    EXPECT_EQ(try_sign_up("anna", "eve").status, 409);
}

}  // namespace
}  // namespace auth::testing

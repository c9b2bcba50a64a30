#include <atomic>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

class OwnAccountTest : public AuthTest {
protected:
    Answer patch(const std::string& json, const std::string& token) {
        return request("PATCH", "/api/auth/me", token).json(json).send();
    }
};

TEST_F(OwnAccountTest, MeIsForUsersOnly) {
    const Login login = sign_up("ann");
    const Answer answer = get("/api/auth/me", login.access_token);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json().at("id").as_int64(), login.id);
    EXPECT_EQ(answer.json().at("email"), "ann@example.com");
    EXPECT_EQ(answer.body.find("password"), std::string::npos);
    for (const char* path : {"/api/auth/me", "/api/auth/sessions", "/api/auth/users/ann"}) {
        EXPECT_EQ(get(path).status, 401) << path;
        EXPECT_EQ(get(path, "junk").status, 401) << path;
    }
}

TEST_F(OwnAccountTest, RenamingNeedsThePasswordAndChangesOnlyWhatIsNamed) {
    const Login login = sign_up("ann");
    sign_up("bob");
    EXPECT_EQ(patch(R"({"username":"anna"})", login.access_token).error_pointers(),
              std::vector<std::string>{"/password"});
    const Answer wrong = patch(R"({"username":"anna","password":"wrong"})", login.access_token);
    EXPECT_EQ(wrong.status, 403);
    EXPECT_EQ(wrong.error_pointers(), std::vector<std::string>{"/password"});
    EXPECT_EQ(patch(R"({"password":"correct horse battery"})", login.access_token).status, 422);
    const Answer taken = patch(R"({"username":"BOB","password":"correct horse battery"})", login.access_token);
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.error_pointers(), std::vector<std::string>{"/username"});
    EXPECT_EQ(
        patch(R"({"email":"Bob@Example.com","password":"correct horse battery"})", login.access_token).error_pointers(),
        std::vector<std::string>{"/email"});
    const Answer renamed = patch(R"({"username":"Anna","password":"correct horse battery"})", login.access_token);
    ASSERT_EQ(renamed.status, 200) << renamed.body;
    EXPECT_EQ(renamed.json().at("username"), "Anna");
    EXPECT_EQ(renamed.json().at("email"), "ann@example.com");
    EXPECT_EQ(log_in("anna", kPassword).status, 200);
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(login_of(refresh(login.refresh_token)).id, 0);
}

TEST_F(OwnAccountTest, ANewPasswordEndsTheOtherSessions) {
    const Login here = sign_up("ann"), there = login_of(log_in("ann", kPassword));
    const auto change = [&](const std::string& old_password, const std::string& new_password) {
        return post("/api/auth/change-password",
                    "{\"old_password\":\"" + old_password + "\",\"new_password\":\"" + new_password + "\"}",
                    here.access_token);
    };
    EXPECT_EQ(change("wrong", "another good one").error_pointers(), std::vector<std::string>{"/old_password"});
    EXPECT_EQ(change(kPassword, "short").error_pointers(), std::vector<std::string>{"/new_password"});
    EXPECT_EQ(change(kPassword, "password123").error_pointers(), std::vector<std::string>{"/new_password"});
    EXPECT_EQ(change(kPassword, "ANN@example.com").error_pointers(), std::vector<std::string>{"/new_password"});
    EXPECT_EQ(change(kPassword, kPassword).status, 422);
    EXPECT_EQ(verify(there.access_token), 200);
    ASSERT_EQ(change(kPassword, "another good one").status, 204);
    EXPECT_EQ(verify(here.access_token), 200);
    EXPECT_EQ(refresh(here.refresh_token).status, 200);
    EXPECT_EQ(verify(there.access_token), 401);
    EXPECT_EQ(refresh(there.refresh_token).status, 401);
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(log_in("ann", "another good one").status, 200);
}

TEST_F(OwnAccountTest, OfManyChangesAtTheSameTimeOneWins) {
    const Login login = sign_up("ann");
    std::atomic<int> changed = 0, lost = 0;
    crowd(4, [&](int i) {
        const std::string body = std::string("{\"old_password\":\"") + kPassword +
                                 "\",\"new_password\":\"another good one " + std::to_string(i) + "\"}";
        const int status = post("/api/auth/change-password", body, login.access_token).status;
        if (status == 204) ++changed;
        if (status == 409 || status == 403) ++lost;
    });
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(lost, 3);
}

TEST_F(OwnAccountTest, AStolenTokenCannotGuessThePassword) {
    const Login login = sign_up("ann");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(patch(R"({"username":"anna","password":"wrong"})", login.access_token).status, 403);
    }
    EXPECT_EQ(patch(R"({"username":"anna","password":"correct horse battery"})", login.access_token).status, 429);
}

TEST_F(OwnAccountTest, UsersCanBeLookedUpByName) {
    const Login login = sign_up("Ann");
    const Answer answer = get("/api/auth/users/aNN", login.access_token);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{\"id\":" + std::to_string(login.id) + ",\"username\":\"Ann\"}");
    EXPECT_EQ(get("/api/auth/users/bob", login.access_token).status, 404);
    EXPECT_EQ(get("/api/auth/users/%D0%B0nn", login.access_token).status, 404);
}

class InternalTest : public AuthTest {
protected:
    Answer list(const std::string& query) {
        return host().request("GET", "/api/auth/users" + query).as_service("admin").send();
    }
    static std::vector<std::string> names(const Answer& answer) {
        std::vector<std::string> all;
        const auto body = answer.json();
        for (const auto& item : body.at("items").as_array()) all.emplace_back(item.at("username").as_string());
        return all;
    }
};

TEST_F(InternalTest, NobodyButServicesGetsIn) {
    const Login login = sign_up("ann");
    EXPECT_NE(get("/api/auth/users", login.access_token).status, 200);
    EXPECT_NE(request("PATCH", "/api/auth/users/" + std::to_string(login.id), login.access_token)
                  .json(R"({"roles":["admin"]})")
                  .send()
                  .status,
              200);
    EXPECT_NE(host().request("GET", "/api/auth/users").as_user(login.id, "ann", {"admin"}).send().status, 200);
}

TEST_F(InternalTest, AnAdministratorIsMadeByTheCommandLine) {
    const Answer answer =
        host()
            .request("POST", "/api/auth/users")
            .as_service("cli")
            .json(
                R"({"username":"root1","email":"root@example.com","password":"correct horse battery","roles":["user","admin"]})")
            .send();
    ASSERT_EQ(answer.status, 201) << answer.body;
    const Answer who = get("/api/auth/verify", login_of(log_in("root1", kPassword)).access_token);
    EXPECT_EQ(who.header("x-user-roles"), "admin,user");
    const Answer bad =
        host().request("POST", "/api/auth/users").as_service("cli").json(R"({"username":"x","roles":["A,B"]})").send();
    EXPECT_EQ(bad.error_pointers(), (std::vector<std::string>{"/username", "/email", "/password", "/roles"}));
}

TEST_F(InternalTest, ListsByIdBeginningAndStatusInPages) {
    const Login ann = sign_up("ann"), anna = sign_up("Anna"), bob = sign_up("bob");
    EXPECT_EQ(names(list("")), (std::vector<std::string>{"bob", "Anna", "ann"}));
    EXPECT_EQ(names(list("?q=ANN")), (std::vector<std::string>{"Anna", "ann"}));
    EXPECT_EQ(names(list("?q=bob@ex")), std::vector<std::string>{"bob"});
    EXPECT_TRUE(names(list("?q=%25")).empty());
    EXPECT_EQ(names(list("?ids=" + std::to_string(ann.id) + "," + std::to_string(bob.id))),
              (std::vector<std::string>{"bob", "ann"}));
    change_rights(anna.id, R"({"status":"banned"})");
    EXPECT_EQ(names(list("?status=banned")), std::vector<std::string>{"Anna"});
    EXPECT_EQ(names(list("?status=active&q=ann")), std::vector<std::string>{"ann"});
    EXPECT_EQ(list("?status=junk").status, 422);

    const Answer first = list("?limit=2");
    EXPECT_EQ(names(first), (std::vector<std::string>{"bob", "Anna"}));
    const Answer second = list("?limit=2&cursor=" + std::string(first.json().at("next_cursor").as_string()));
    EXPECT_EQ(names(second), std::vector<std::string>{"ann"});
    EXPECT_TRUE(second.json().at("next_cursor").is_null());
    EXPECT_EQ(list("?cursor=forged").status, 422);
}

TEST_F(InternalTest, ABanEndsAllAccessAtOnceUntilItIsLifted) {
    for (const char* status : {"banned", "deleted"}) {
        const std::string name = std::string("ann-") + status;
        const Login login = sign_up(name);
        const Answer answer = change_rights(login.id, "{\"status\":\"" + std::string(status) + "\"}");
        ASSERT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.json().at("status"), status);
        EXPECT_EQ(verify(login.access_token), 401);
        EXPECT_EQ(refresh(login.refresh_token).status, 401);
        EXPECT_EQ(log_in(name, kPassword).status, std::string(status) == "banned" ? 403 : 401);
        EXPECT_EQ(log_in(name, "wrong horse battery").status, 401);
        EXPECT_EQ(get("/api/auth/users/" + name, sign_up("bob-" + std::string(status)).access_token).status, 404);
        ASSERT_EQ(change_rights(login.id, R"({"status":"active"})").status, 200);
        EXPECT_EQ(verify(login.access_token), 401) << "old tokens stay dead";
        EXPECT_EQ(verify(login_of(log_in(name, kPassword)).access_token), 200);
    }
    EXPECT_EQ(change_rights(1, R"({"status":"banned"})").status, 404);
    EXPECT_EQ(change_rights(1, "{}").status, 422);
    EXPECT_EQ(change_rights(1, R"({"status":"gone"})").status, 422);
}

TEST_F(InternalTest, ChangesOnlyAnAccountThatIsAsExpected) {
    const Login ann = sign_up("ann");
    EXPECT_EQ(change_rights(ann.id, R"({"status":"active","expected":{"status":"banned"}})").status, 409);
    EXPECT_EQ(change_rights(ann.id, R"({"status":"banned","expected":{"roles":["admin"]}})").status, 409);
    EXPECT_EQ(verify(ann.access_token), 200);
    EXPECT_EQ(
        change_rights(ann.id, R"({"roles":["admin","user"],"expected":{"status":"active","roles":["user"]}})").status,
        200);
    EXPECT_EQ(
        change_rights(ann.id, R"({"status":"banned","expected":{"roles":["user","admin"],"status":null}})").status,
        200);
    EXPECT_EQ(change_rights(ann.id, R"({"status":"banned","expected":{"status":"gone"}})").status, 422);
}

TEST_F(InternalTest, KeepsTheLastAdministratorWhenAsked) {
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    for (const Login* login : {&ann, &bob}) change_rights(login->id, R"({"roles":["admin","user"]})");
    EXPECT_EQ(change_rights(bob.id, R"({"status":"banned","keep_admin":true})").status, 200);
    for (const char* body :
         {R"({"status":"banned","keep_admin":true})", R"({"roles":["user"],"keep_admin":true})",
          R"({"status":"deleted","keep_admin":true})", R"({"roles":["administrator"],"keep_admin":true})"}) {
        EXPECT_EQ(change_rights(ann.id, body).status, 409) << body;
    }
    EXPECT_EQ(change_rights(ann.id, R"({"roles":["admin"],"keep_admin":true})").status, 200);
    EXPECT_EQ(change_rights(ann.id, R"({"roles":["user"]})").status, 200) << "nobody asked";
}

TEST_F(InternalTest, TwoAdministratorsWhoDemoteEachOtherLeaveOne) {
    for (int round = 0; round < 5; ++round) {
        const Login logins[] = {sign_up("ann" + std::to_string(round)), sign_up("bob" + std::to_string(round))};
        for (const Login& login : logins) change_rights(login.id, R"({"roles":["admin","user"]})");
        int statuses[2];
        crowd(2, [&](int i) {
            statuses[i] = change_rights(logins[i].id, R"({"roles":["user"],"keep_admin":true})").status;
        });
        EXPECT_EQ(statuses[0] + statuses[1], 200 + 409);
        for (const Login& login : logins) change_rights(login.id, R"({"roles":["user"]})");
    }
}

TEST_F(InternalTest, NoLoginSurvivesABanAtTheSameTime) {
    for (int round = 0; round < 5; ++round) {
        const std::string name = "ann" + std::to_string(round);
        const Login login = sign_up(name);
        std::vector<Answer> answers(9);
        crowd(9, [&](int i) {
            const auto at = static_cast<std::size_t>(i);
            answers[at] = i == 0       ? change_rights(login.id, R"({"status":"banned"})")
                          : i % 2 == 0 ? refresh(login.refresh_token)
                                       : log_in(name, kPassword);
        });
        ASSERT_EQ(answers[0].status, 200) << answers[0].body;
        for (std::size_t i = 1; i < answers.size(); ++i) {
            if (answers[i].status != 200) continue;
            EXPECT_EQ(verify(login_of(answers[i]).access_token), 401);
            EXPECT_EQ(refresh(login_of(answers[i]).refresh_token).status, 401);
        }
    }
}

}  // namespace
}  // namespace auth::testing

// Taking one's data along, and leaving.
#include <algorithm>
#include <gatehouse/storage.hpp>

#include "migrations.hpp"
#include "plugins/auth/account_repository.hpp"
#include "tests/unit/plugins/auth/mailbox.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class DeletionTest : public MailTest {
protected:
    Answer close(const Login& login, const std::string& password = kPassword) {
        return request("DELETE", "/api/auth/me", login.access_token).json(R"({"password":")" + password + "\"}").send();
    }
    std::int64_t erase(Time before) {
        gatehouse::Database database({.url = database_url, .service = "auth"}, migrations());
        database.open();
        return database.write(
            [&](Transaction& tx) { return accounts::erase_deleted(tx, before, host().wall_time(), 100); });
    }
    Answer sign_up_again(const std::string& name, const std::string& email) {
        return post("/api/auth/register",
                    R"({"username":")" + name + R"(","email":")" + email + R"(","password":"correct horse battery"})");
    }
};

TEST_F(DeletionTest, WhoKnowsThePasswordLeavesAndIsGoneAtOnce) {
    const Login ann = sign_up("ann"), there = login_of(log_in("ann", kPassword)), bob = sign_up("bob");
    EXPECT_EQ(close(ann, "wrong horse battery").status, 403);
    EXPECT_EQ(request("DELETE", "/api/auth/me", ann.access_token).send().status, 400) << "no body, no password";
    EXPECT_EQ(close({}).status, 401);
    ASSERT_EQ(close(ann).status, 204);
    for (const Login* login : {&ann, &there}) {
        EXPECT_EQ(verify(login->access_token), 401);
        EXPECT_EQ(refresh(login->refresh_token).status, 401);
    }
    const Answer gone = log_in("ann", kPassword), never = log_in("nobody", kPassword);
    EXPECT_EQ(gone.status, 401);
    EXPECT_EQ(gone.json().at("detail"), never.json().at("detail")) << "as if he had never been";
    EXPECT_EQ(get("/api/auth/users/ann", bob.access_token).status, 404);
    EXPECT_EQ(verify(bob.access_token), 200);
    const auto types = published_types();
    EXPECT_NE(std::find(types.begin(), types.end(), "user.status_changed"), types.end());
    EXPECT_EQ(types.back(), "user.deleted");
}

TEST_F(DeletionTest, TheNameAndTheAddressAreKeptAsLongAsTheAccountCanBeRestored) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(close(ann).status, 204);
    EXPECT_EQ(sign_up_again("ann", "new@example.com").error_pointers(), std::vector<std::string>{"/username"});
    EXPECT_EQ(sign_up_again("anna", "ann@example.com").error_pointers(), std::vector<std::string>{"/email"});
    ASSERT_EQ(change_rights(ann.id, R"({"status":"active"})").status, 200);
    EXPECT_EQ(log_in("ann", kPassword).status, 200);
    host().advance(1h);
    EXPECT_EQ(erase(host().wall_time()), 0) << "he is back";
}

TEST_F(DeletionTest, ThenTheAddressIsFreeAndTheNameIsNobodysForEver) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(close(ann).status, 204);
    EXPECT_EQ(erase(host().wall_time() - 1h), 0) << "not yet";
    host().advance(1h);
    EXPECT_EQ(erase(host().wall_time()), 1);
    EXPECT_EQ(erase(host().wall_time()), 0) << "once";
    EXPECT_EQ(change_rights(ann.id, R"({"status":"active"})").status, 409);
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    EXPECT_EQ(log_in("ann@example.com", kPassword).status, 401);
    EXPECT_EQ(sign_up_again("ANN", "new@example.com").error_pointers(), std::vector<std::string>{"/username"});
    EXPECT_EQ(sign_up_again("anna", "ann@example.com").status, 201);
    const Answer listed = host().request("GET", "/api/auth/users?status=deleted").as_service("admin").send();
    EXPECT_EQ(listed.body.find("ann@example.com"), std::string::npos) << listed.body;
}

TEST_F(DeletionTest, TheLastAdministratorStays) {
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    ASSERT_EQ(change_rights(ann.id, R"({"roles":["user","admin"]})").status, 200);
    const Login boss = login_of(log_in("ann", kPassword));
    const Answer refused = close(boss);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json().at("detail"), "There would be no administrator left.");
    EXPECT_EQ(verify(boss.access_token), 200) << "nothing has changed";
    ASSERT_EQ(change_rights(bob.id, R"({"roles":["user","admin"]})").status, 200);
    EXPECT_EQ(close(boss).status, 204);
    EXPECT_EQ(close(login_of(log_in("bob", kPassword))).status, 409) << "now he is the last one";
}

TEST_F(DeletionTest, TheServiceErasesByItself) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(close(ann).status, 204);
    EXPECT_THROW(new_host(R"("deleted_kept":"-1s")"), std::runtime_error);
}

TEST_F(DeletionTest, ByCookieOnlyFromOwnPagesAndTheCookiesGo) {
    sign_up("ann");
    const Answer login = post("/api/auth/login?cookie=true", R"({"login":"ann","password":"correct horse battery"})");
    const std::string cookie = login.header("set-cookie").substr(0, login.header("set-cookie").find(';'));
    const auto from = [&](const std::string& site) {
        return request("DELETE", "/api/auth/me")
            .header("cookie", cookie)
            .header("sec-fetch-site", site)
            .json(R"({"password":"correct horse battery"})")
            .send();
    };
    EXPECT_EQ(from("cross-site").status, 403);
    const Answer closed = from("same-origin");
    EXPECT_EQ(closed.status, 204);
    EXPECT_NE(closed.header("set-cookie").find("Max-Age=0"), std::string::npos);
}

TEST_F(DeletionTest, TheExportHasAllThatIsKnownAndNoSecret) {
    const Answer made =
        post("/api/auth/register", R"({"username":"ann","email":"ann@example.com","password":"correct horse battery",)"
                                   R"("full_name":"Ann Lee","phone":"+49 30 123456"})");
    const Login ann = login_of(made);
    const Login ended = login_of(log_in("ann", kPassword));
    post("/api/auth/logout", "{}", ended.access_token);
    post("/api/auth/password/forgot", R"({"email":"ann@example.com"})");
    wait_until([&] { return !mails(kResetRequested).empty(); });
    sign_up("bob");
    EXPECT_EQ(get("/api/auth/me/export").status, 401);
    const Answer answer = get("/api/auth/me/export", ann.access_token);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_NE(answer.header("content-disposition").find("attachment"), std::string::npos);
    const auto body = answer.json();
    EXPECT_EQ(body.at("account").at("phone"), "+49 30 123456");
    EXPECT_EQ(body.at("password_hash_kind"), "argon2id");
    ASSERT_EQ(body.at("sessions").as_array().size(), 2u);
    EXPECT_TRUE(body.at("sessions").at(0).at("ended_at").is_string());
    EXPECT_TRUE(body.at("sessions").at(1).at("ended_at").is_null());
    EXPECT_EQ(body.at("sessions").at(1).at("ip"), "192.0.2.1");
    EXPECT_EQ(body.at("password_resets").as_array().size(), 1u);
    EXPECT_EQ(body.at("email_code").at("sent"), 1);
    for (const std::string& secret : {std::string("$argon2"), std::string("bob"), last_token(), ann.refresh_token})
        EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret;
}

class OwnAccountTagTest : public AuthTest {};

TEST_F(OwnAccountTagTest, AChangeOfAnOldPictureIsRefused) {
    const Login ann = sign_up("ann");
    const std::string tag = get("/api/auth/me", ann.access_token).header("etag");
    ASSERT_FALSE(tag.empty());
    EXPECT_EQ(request("GET", "/api/auth/me", ann.access_token).header("if-none-match", tag).send().status, 304);
    const auto rename = [&](const std::string& name, const std::string& match) {
        return request("PATCH", "/api/auth/me", ann.access_token)
            .header("if-match", match)
            .json(R"({"username":")" + name + R"(","password":"correct horse battery"})")
            .send();
    };
    const Answer renamed = rename("anna", tag);
    EXPECT_EQ(renamed.status, 200);
    EXPECT_NE(renamed.header("etag"), tag);
    EXPECT_EQ(rename("annb", tag).status, 412);
    EXPECT_EQ(rename("annb", renamed.header("etag")).status, 200);
}

TEST_F(OwnAccountTagTest, ALoginIsNoChange) {
    const Login ann = sign_up("ann");
    const std::string tag = get("/api/auth/me", ann.access_token).header("etag");
    log_in("ann", kPassword);
    EXPECT_EQ(get("/api/auth/me", ann.access_token).header("etag"), tag);
}

class LookupTest : public AuthTest {};

TEST_F(LookupTest, NobodyReadsTheListOfUsersNameByName) {
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    for (int i = 0; i < 60; ++i) {
        EXPECT_EQ(get("/api/auth/users/user" + std::to_string(i), ann.access_token).status, 404);
    }
    EXPECT_EQ(get("/api/auth/users/bob", ann.access_token).status, 429);
    EXPECT_EQ(get("/api/auth/users/ann", bob.access_token).status, 200) << "each user on his own";
    host().advance(61s);
    EXPECT_EQ(get("/api/auth/users/bob", ann.access_token).status, 200);
}

TEST_F(LookupTest, OtherServicesFilterAndSetWhatIsProven) {
    const Login ann = sign_up("ann");
    sign_up("bob");
    const auto list = [&](const std::string& query) {
        const Answer answer = host().request("GET", "/api/auth/users?" + query).as_service("admin").send();
        return answer.json().at("items").as_array().size();
    };
    EXPECT_EQ(list("email_verified=true"), 0u);
    const Answer changed = change_rights(ann.id, R"({"email_verified":true})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(verify(ann.access_token), 200) << "no right has changed";
    EXPECT_EQ(list("email_verified=true"), 1u);
    EXPECT_EQ(list("email_verified=false"), 1u);
}

}  // namespace
}  // namespace auth::testing

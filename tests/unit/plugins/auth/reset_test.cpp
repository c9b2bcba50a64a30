// A new password by mail.
#include <atomic>

#include "plugins/auth/reset_service.hpp"
#include "tests/unit/plugins/auth/mailbox.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

constexpr char kNewPassword[] = "another horse battery";

class ResetTest : public MailTest {
protected:
    Answer forgot(const std::string& email) {
        return post("/api/auth/password/forgot", R"({"email":")" + email + "\"}");
    }
    // Asks, and lets the mail be made.
    std::string token_for(const std::string& email) {
        EXPECT_EQ(forgot(email).status, 202);
        static_cast<void>(mailed());
        return last_token();
    }
    Answer reset(const std::string& token, const std::string& password = kNewPassword) {
        return post("/api/auth/password/reset", R"({"token":")" + token + R"(","new_password":")" + password + "\"}");
    }
    // After all that was asked for.
    std::size_t mailed() {
        wait_until([&] { return stored_texts("reset_requests", "email_key").empty(); });
        return mails(kResetRequested).size();
    }
};

TEST_F(ResetTest, TheMailedTokenSetsAPasswordOnceAndEndsEverySession) {
    const Login here = sign_up("ann"), there = login_of(log_in("ann", kPassword));
    const std::string token = token_for("ANN@example.com");
    EXPECT_EQ(token.size(), 47u) << "256 bits";
    ASSERT_EQ(reset(token).status, 204);
    for (const Login* login : {&here, &there}) {
        EXPECT_EQ(verify(login->access_token), 401);
        EXPECT_EQ(refresh(login->refresh_token).status, 401);
    }
    EXPECT_EQ(log_in("ann", kPassword).status, 401);
    const Login again = login_of(log_in("ann", kNewPassword));
    EXPECT_EQ(get("/api/auth/me", again.access_token).json().at("email_verified"), true) << "who reads it has it";
    EXPECT_EQ(reset(token, "a third horse battery").error_pointers(), std::vector<std::string>{"/token"});
    EXPECT_EQ(log_in("ann", kNewPassword).status, 200);
}

TEST_F(ResetTest, EveryAddressGetsTheSameAnswerAndOnlyAnAccountsGetsMail) {
    sign_up("ann");
    const Login gone = sign_up("gone"), banned = sign_up("banned");
    change_rights(gone.id, R"({"status":"deleted"})");
    change_rights(banned.id, R"({"status":"banned"})");
    const Answer known = forgot("ann@example.com");
    EXPECT_EQ(known.status, 202);
    for (const char* email : {"nobody@example.com", "gone@example.com", "banned@example.com", "no address", "ann"}) {
        const Answer answer = forgot(email);
        EXPECT_EQ(answer.status, 202) << email;
        EXPECT_EQ(answer.body, known.body) << email;
        EXPECT_EQ(answer.headers.size(), known.headers.size()) << email;
    }
    EXPECT_EQ(mailed(), 1u);
    EXPECT_EQ(mails(kResetRequested)[0].json().at("email"), "ann@example.com");
    EXPECT_EQ(post("/api/auth/password/forgot", "{}").status, 422);
}

TEST_F(ResetTest, TheTokenIsInNoPayloadAndInNoTable) {
    sign_up("ann");
    const std::string token = token_for("ann@example.com");
    for (const auto& event : host().published()) EXPECT_EQ(event.data.find(token), std::string::npos) << event.type;
    const auto digests = stored_texts("password_resets", "digest");
    ASSERT_EQ(digests.size(), 1u);
    EXPECT_EQ(digests[0], as_text(sha256(token)));
}

TEST_F(ResetTest, TokensThatAreNotOrNoLongerGoodAreRefusedAlike) {
    const Login ann = sign_up("ann");
    const std::string old = token_for("ann@example.com");
    host().advance(30min);
    const std::string replaced = token_for("ann@example.com");
    const Login fresh = login_of(log_in("ann", kPassword));
    ASSERT_EQ(
        post("/api/auth/change-password",
             R"({"old_password":"correct horse battery","new_password":"a third horse battery"})", fresh.access_token)
            .status,
        204);
    const std::string mailbox_lost = token_for("ann@example.com");
    ASSERT_EQ(request("PATCH", "/api/auth/me", fresh.access_token)
                  .json(R"({"email":"ann@example.org","password":"a third horse battery"})")
                  .send()
                  .status,
              200);
    for (const std::string& token : {old, replaced, mailbox_lost, std::string("x"), old + "x", std::string(47, 'g'),
                                     "ghp_" + std::string(43, 'A')}) {
        const Answer answer = reset(token);
        EXPECT_EQ(answer.status, 422) << token;
        EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/token"}) << token;
    }
    EXPECT_EQ(log_in("ann", "a third horse battery").status, 200);
    static_cast<void>(ann);
}

TEST_F(ResetTest, ABadNewPasswordDoesNotUseTheTokenUp) {
    sign_up("ann");
    const std::string token = token_for("ann@example.com");
    for (const char* bad : {"short", "password123", "ann@example.com"}) {
        EXPECT_EQ(reset(token, bad).error_pointers(), std::vector<std::string>{"/new_password"}) << bad;
    }
    EXPECT_EQ(reset(token).status, 204);
}

TEST_F(ResetTest, OfManyUsesAtTheSameTimeOneCounts) {
    sign_up("ann");
    const std::string token = token_for("ann@example.com");
    std::atomic<int> done = 0;
    std::vector<std::string> winners(8);
    crowd(8, [&](int i) {
        const std::string password = "horse battery number " + std::to_string(i);
        if (reset(token, password).status != 204) return;
        ++done;
        winners[static_cast<std::size_t>(i)] = password;
    });
    EXPECT_EQ(done, 1);
    for (const std::string& password : winners) {
        if (password.empty()) continue;
        EXPECT_EQ(log_in("ann", password).status, 200);
    }
}

TEST_F(ResetTest, ABannedUserCannotComeBackThatWay) {
    const Login ann = sign_up("ann");
    const std::string token = token_for("ann@example.com");
    change_rights(ann.id, R"({"status":"banned"})");
    EXPECT_EQ(reset(token).status, 422);
    change_rights(ann.id, R"({"status":"active"})");
    EXPECT_EQ(log_in("ann", kPassword).status, 200);
}

TEST_F(ResetTest, AMailboxGetsThreeInAnHourAndASourceAsksTwentyTimes) {
    sign_up("ann");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(forgot("ann@example.com").status, 202);
        static_cast<void>(mailed());
    }
    EXPECT_EQ(mailed(), 3u);
    for (int i = 0; i < 15; ++i) EXPECT_EQ(forgot("user" + std::to_string(i) + "@example.com").status, 202);
    const Answer beyond = forgot("ann@example.com");
    EXPECT_EQ(beyond.status, 429);
    EXPECT_EQ(beyond.header("retry-after"), "3600");
    const auto elsewhere = host().request("POST", "/api/auth/password/forgot").remote_address("198.51.100.7");
    EXPECT_EQ(RequestBuilder(elsewhere).json(R"({"email":"ann@example.com"})").send().status, 202);
    EXPECT_EQ(mailed(), 3u);
    host().advance(61min);
    EXPECT_EQ(forgot("ann@example.com").status, 202);
    EXPECT_EQ(mailed(), 4u);
}

TEST_F(ResetTest, AResetForgivesTheFailedLogins) {
    sign_up("ann");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("ann", "wrong horse battery").status, 401);
    EXPECT_EQ(log_in("ann", kPassword).status, 429);
    ASSERT_EQ(reset(token_for("ann@example.com")).status, 204);
    EXPECT_EQ(log_in("ann", kNewPassword).status, 200);
}

TEST_F(ResetTest, WithoutAKeyNobodyIsToldThatAMailIsOnItsWay) {
    const auto bare = new_host(R"("notify_key":"")");
    EXPECT_EQ(bare->request("POST", "/api/auth/password/forgot").json(R"({"email":"ann@example.com"})").send().status,
              503);
}

}  // namespace
}  // namespace auth::testing

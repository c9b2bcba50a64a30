#include <atomic>
#include <mutex>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class RefreshTest : public AuthTest {};

TEST_F(RefreshTest, EveryUseGivesANewPairOfTheSameSession) {
    Login login = sign_up("ann");
    for (int i = 0; i < 5; ++i) {
        const Answer answer = refresh(login.refresh_token);
        ASSERT_EQ(answer.status, 200);
        const Login next = login_of(answer);
        EXPECT_NE(next.refresh_token, login.refresh_token);
        EXPECT_NE(next.access_token, login.access_token);
        EXPECT_EQ(verify(next.access_token), 200);
        login = next;
    }
    EXPECT_EQ(get("/api/auth/sessions", login.access_token).json().at("items").as_array().size(), 1u);
}

TEST_F(RefreshTest, AUsedTokenEndsTheWholeFamily) {
    const Login first = sign_up("ann");
    const Login second = login_of(refresh(first.refresh_token));
    const Login other = login_of(log_in("ann", kPassword));
    const Answer reused = refresh(first.refresh_token);
    EXPECT_EQ(reused.status, 401);
    EXPECT_NE(reused.header("www-authenticate").find("invalid_token"), std::string::npos);
    EXPECT_EQ(refresh(second.refresh_token).status, 401) << "the newest of the family";
    EXPECT_EQ(verify(first.access_token), 401);
    EXPECT_EQ(verify(second.access_token), 401);
    EXPECT_EQ(verify(other.access_token), 200) << "another session of the same user";
    EXPECT_EQ(refresh(other.refresh_token).status, 200);
    EXPECT_EQ(host().metric("auth_refreshes_total", {"reused"}), 1);
}

TEST_F(RefreshTest, FiftyAtTheSameTimeGiveOneSuccessAndOneBranchAtMost) {
    for (int round = 0; round < 5; ++round) {
        const Login login = sign_up("user" + std::to_string(round));
        std::atomic<int> granted = 0, refused = 0;
        std::mutex mutex;
        Login next;
        crowd(50, [&](int) {
            const Answer answer = refresh(login.refresh_token);
            if (answer.status == 401) ++refused;
            if (answer.status != 200) return;
            ++granted;
            const std::scoped_lock lock(mutex);
            next = login_of(answer);
        });
        EXPECT_EQ(granted, 1);
        EXPECT_EQ(refused, 49);
        // Whoever came after the winner was done has ended the session; otherwise it lives on in one branch.
        const int status = refresh(next.refresh_token).status;
        EXPECT_TRUE(status == 200 || status == 401);
        EXPECT_EQ(verify(next.access_token), status);
        EXPECT_EQ(refresh(login.refresh_token).status, 401);
        EXPECT_EQ(verify(next.access_token), 401) << "now it was reused for certain";
    }
}

TEST_F(RefreshTest, TwoProcessesGiveOneSuccess) {
    const auto other = new_host();
    const Login login = sign_up("ann");
    const std::string body = "{\"refresh_token\":\"" + login.refresh_token + "\"}";
    std::atomic<int> granted = 0;
    crowd(20, [&](int i) {
        TestHost& at = i % 2 == 0 ? host() : *other;
        if (at.request("POST", "/api/auth/refresh").json(body).send().status == 200) ++granted;
    });
    EXPECT_EQ(granted, 1);
}

TEST_F(RefreshTest, WhatIsNoRefreshTokenIsRefused) {
    const Login login = sign_up("ann");
    for (const std::string& token : {std::string(), std::string("x"), login.access_token, login.refresh_token + "x",
                                     login.refresh_token.substr(1), "ghr_" + std::string(43, 'A')}) {
        EXPECT_EQ(refresh(token).status, 401) << token;
    }
    EXPECT_EQ(verify(login.refresh_token), 401);
    EXPECT_EQ(request("POST", "/api/auth/refresh").send().status, 400) << "neither body nor cookie";
    EXPECT_EQ(refresh(login.refresh_token).status, 200) << "all that did no harm";
}

TEST_F(RefreshTest, AnIdleSessionEndsButEveryUseExtendsIt) {
    Login login = sign_up("ann");
    host().advance(20 * 24h);
    login = login_of(refresh(login.refresh_token));
    host().advance(29 * 24h);
    login = login_of(refresh(login.refresh_token));
    host().advance(30 * 24h + 1s);
    EXPECT_EQ(refresh(login.refresh_token).status, 401);
}

TEST_F(RefreshTest, NoSessionOutlivesItsAbsoluteEnd) {
    Login login = sign_up("ann");
    for (int day = 0; day < 80; day += 20) {
        host().advance(20 * 24h);
        login = login_of(refresh(login.refresh_token));
    }
    host().advance(10 * 24h + 1s);
    EXPECT_EQ(refresh(login.refresh_token).status, 401);
}

TEST_F(RefreshTest, NewRightsAreInTheNextToken) {
    const Login login = sign_up("ann");
    ASSERT_EQ(change_rights(login.id, R"({"roles":["user","moderator"]})").status, 200);
    EXPECT_EQ(verify(login.access_token), 401) << "the old rights";
    const Login next = login_of(refresh(login.refresh_token));
    const Answer answer = request("GET", "/api/auth/verify", next.access_token).send();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-user-roles"), "moderator,user");
}

}  // namespace
}  // namespace auth::testing

#include "gateway/pipeline/filters/auth/answer.hpp"

#include <gtest/gtest.h>

namespace gatehouse::pipeline {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
using Outcome = Decision::Outcome;

class AnswerTest : public testing::Test {
protected:
    Decision read(int status, std::vector<http::Field> fields, std::string_view body = {}) const {
        config::Authenticator authenticator;
        authenticator.take = {"X-User-ID", "X-User-Name", "X_User_Roles", "X-Session-ID"};
        authenticator.cache_ttl = std::chrono::seconds(5);
        Decision decision;
        decision.identity.id = "left over";
        AnswerReader(authenticator).read({status, fields, body}, kNow, decision);
        return decision;
    }
};

TEST_F(AnswerTest, TakesTheIdentity) {
    const Decision decision = read(
        200,
        {{"x-user-id", "u-1"}, {"x-user-name", "Ada"}, {"x-user-roles", "admin, author  x"}, {"x-session-id", "s"}});
    EXPECT_EQ(decision.outcome, Outcome::allowed);
    EXPECT_TRUE(decision.identity.present);
    EXPECT_EQ(decision.identity.id, "u-1");
    EXPECT_EQ(decision.identity.name, "Ada");
    EXPECT_EQ(decision.identity.session, "s");
    EXPECT_EQ(decision.identity.roles, (std::vector<std::string>{"admin", "author", "x"}));
    EXPECT_EQ(decision.fresh_for, 5s);
}

TEST_F(AnswerTest, TakesOnlyWhatIsListed) {
    Decision decision;
    AnswerReader({}).read({200, std::vector<http::Field>{{"x-user-id", "u-1"}}, {}}, kNow, decision);
    EXPECT_EQ(decision.outcome, Outcome::allowed);
    EXPECT_FALSE(decision.identity.present);
}

TEST_F(AnswerTest, IsAnonymousWithoutAUserId) {
    const Decision decision = read(204, {{"x-user-roles", "admin"}});
    EXPECT_EQ(decision.outcome, Outcome::allowed);
    EXPECT_FALSE(decision.identity.present);
    EXPECT_TRUE(decision.identity.roles.empty());
    EXPECT_TRUE(decision.identity.id.empty());
}

TEST_F(AnswerTest, BelievesNoIdentityThatCouldDoHarm) {
    const std::string endless(300, 'a');
    const std::vector<std::vector<http::Field>> rows = {
        {{"x-user-id", "u\r\nx-user-roles: admin"}},  {{"x-user-id", "u\t1"}},
        {{"x-user-id", std::string_view("u\0", 2)}},  {{"x-user-id", endless}},
        {{"x-user-id", "u-1"}, {"x-user-id", "u-2"}}, {{"x-user-id", "u-1"}, {"x-user-roles", "a\x7f"}}};
    for (const auto& fields : rows) EXPECT_EQ(read(200, fields).outcome, Outcome::unavailable);
}

TEST_F(AnswerTest, CountsServerErrorsAndNonsenseAsNoAnswer) {
    for (const int status : {0, -1, 100, 199, 500, 503, 599, 700}) {
        EXPECT_EQ(read(status, {}).outcome, Outcome::unavailable) << status;
    }
    EXPECT_EQ(read(403, {}, std::string(kVerifierBodyBytesMax + 1, 'x')).outcome, Outcome::unavailable);
}

TEST_F(AnswerTest, HandsADenialOnWithoutHopByHopFields) {
    const Decision decision = read(302,
                                   {{"location", "/login"},
                                    {"connection", "close"},
                                    {"transfer-encoding", "chunked"},
                                    {"content-length", "3"},
                                    {"set-cookie", "a=b"},
                                    {"bad name", "x"},
                                    {"x-bad", "a\r\nb"}},
                                   "moved");
    EXPECT_EQ(decision.outcome, Outcome::denied);
    EXPECT_EQ(decision.status, 302);
    EXPECT_EQ(decision.body, "moved");
    const decltype(decision.fields) kept = {{"location", "/login"}, {"set-cookie", "a=b"}};
    EXPECT_EQ(decision.fields, kept);
    EXPECT_EQ(decision.fresh_for, 0s);
}

TEST_F(AnswerTest, AddsTheChallengeThatA401Lacks) {
    EXPECT_EQ(read(401, {}).fields, (decltype(Decision::fields){{"www-authenticate", "Bearer"}}));
    EXPECT_EQ(read(401, {{"www-authenticate", "Basic"}}).fields,
              (decltype(Decision::fields){{"www-authenticate", "Basic"}}));
}

TEST_F(AnswerTest, IsFreshAsLongAsTheShortestBoundSays) {
    const std::string soon = std::to_string(kNow + 3), past = std::to_string(kNow);
    struct Row {
        int status;
        std::vector<http::Field> fields;
        Duration expected;
    };
    const Row rows[] = {
        {200, {{"cache-control", "max-age=2"}}, 2s},
        {200, {{"cache-control", "private, max-age=60"}}, 5s},
        {200, {{"cache-control", "max-age=2, No-Store"}}, 0s},
        {200, {{"cache-control", "no-cache"}}, 0s},
        {200, {{"cache-control", "max-age=oops"}}, 0s},
        {200, {{"cache-control", "max-age=-1"}}, 0s},
        {200, {{"cache-control", "max-age=99999999999999999999"}}, 0s},
        {200, {{"x-auth-expires", soon}}, 3s},
        {200, {{"x-auth-expires", past}}, 0s},
        {200, {{"x-auth-expires", "tomorrow"}}, 0s},
        {200, {{"x-auth-expires", soon}, {"cache-control", "max-age=1"}}, 1s},
        {401, {}, 1s},
        {403, {}, 1s},
        {403, {{"cache-control", "no-store"}}, 0s},
        {404, {}, 0s},
        {429, {}, 0s},
    };
    for (const Row& row : rows) EXPECT_EQ(read(row.status, row.fields).fresh_for, row.expected) << row.status;
}

}  // namespace
}  // namespace gatehouse::pipeline

#include "gateway/pipeline/filters/rate_limit.hpp"

#include "tests/unit/gateway/pipeline/filters/exchange_fixture.hpp"

namespace gatehouse::pipeline {
namespace {

using By = config::RateLimit::By;

class RateLimitTest : public ExchangeTest {
protected:
    RateLimitTest() { route_.name = "posts"; }

    void limit(std::uint64_t count, std::chrono::seconds period, std::uint64_t burst, By by, std::string policy) {
        route_.effective.rates.push_back({count, period, burst, by, std::move(policy)});
    }
    Verdict ask(RateLimit::Phase phase = RateLimit::Phase::before_auth) {
        exchange_.response_fields.clear();
        exchange_.rate = {};
        return go_on(phase);
    }
    Verdict go_on(RateLimit::Phase phase) {
        RateLimit filter(route_, phase, store_, metrics_);  // a new one each time: buckets outlive it
        return filter.handle(exchange_);
    }
    void come_from(std::array<std::uint8_t, 16> octets) { exchange_.client.octets = octets; }

    config::Route route_;
    RateLimitStore store_{{}};
};

TEST_F(RateLimitTest, ReportsPolicyAndWhatIsLeft) {
    limit(600, 60s, 0, By::ip, "default");
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(exchange_.response_fields,
              "ratelimit-policy: \"default\";q=600;w=60\r\nratelimit: \"default\";r=598;t=1\r\n");
}

TEST_F(RateLimitTest, RefusesWithRetryAfter) {
    limit(5, 60s, 0, By::ip, "brute");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::reply);
    EXPECT_EQ(exchange_.reply.status, 429);
    EXPECT_EQ(exchange_.reply.reason, "rate_limited");
    EXPECT_EQ(exchange_.reply.fields[0], (std::pair<std::string, std::string>("retry-after", "12")));
    EXPECT_EQ(exchange_.response_fields, "ratelimit-policy: \"brute\";q=5;w=60\r\nratelimit: \"brute\";r=0;t=12\r\n");
    exchange_.received += 12s;
    EXPECT_EQ(ask(), Verdict::next);
}

TEST_F(RateLimitTest, ReportsTheTightestOverBothPhases) {
    limit(600, 60s, 0, By::ip, "default");
    limit(100, 60s, 3, By::user, "member");
    exchange_.identity.present = true;
    exchange_.identity.id = "u-1";
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(go_on(RateLimit::Phase::after_auth), Verdict::next);
    EXPECT_EQ(exchange_.response_fields,
              "ratelimit-policy: \"default\";q=600;w=60\r\nratelimit-policy: \"member\";q=100;w=60\r\n"
              "ratelimit: \"member\";r=2;t=1\r\n");
}

TEST_F(RateLimitTest, KeepsTheEarlierPhaseWhenThatIsTighter) {
    limit(600, 60s, 2, By::ip, "default");
    limit(100, 60s, 0, By::user, "member");
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(go_on(RateLimit::Phase::after_auth), Verdict::next);
    EXPECT_NE(exchange_.response_fields.find("ratelimit: \"default\";r=1"), std::string::npos);
    EXPECT_EQ(exchange_.response_fields.find("ratelimit: \"member\""), std::string::npos);
}

TEST_F(RateLimitTest, ChargesNobodyForWhatOneLimitRefuses) {
    limit(100, 60s, 0, By::ip, "wide");
    limit(2, 60s, 0, By::route, "narrow");
    for (int i = 0; i < 10; ++i) ask();
    route_.effective.rates.pop_back();
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_NE(exchange_.response_fields.find("\"wide\";r=97"), std::string::npos) << exchange_.response_fields;
}

TEST_F(RateLimitTest, CountsIpv6ByItsFirst64Bits) {
    limit(1, 60s, 0, By::ip, "p");
    come_from({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9});
    EXPECT_EQ(ask(), Verdict::next);
    come_from({0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_EQ(ask(), Verdict::reply);
    come_from({0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_EQ(ask(), Verdict::next);
}

TEST_F(RateLimitTest, CountsIpv4ByTheWholeAddress) {
    limit(1, 60s, 0, By::ip, "p");
    come_from({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1});
    EXPECT_EQ(ask(), Verdict::next);
    come_from({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 2});
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::reply);
}

TEST_F(RateLimitTest, CountsUsersApartAndStrangersByAddress) {
    limit(1, 60s, 0, By::user, "p");
    constexpr auto kPhase = RateLimit::Phase::after_auth;
    EXPECT_EQ(ask(kPhase), Verdict::next);
    EXPECT_EQ(ask(kPhase), Verdict::reply);
    exchange_.identity.present = true;
    exchange_.identity.id = "u-1";
    EXPECT_EQ(ask(kPhase), Verdict::next);
    exchange_.identity.id = "u-2";
    EXPECT_EQ(ask(kPhase), Verdict::next);
    EXPECT_EQ(ask(kPhase), Verdict::reply);
}

TEST_F(RateLimitTest, CountsRoutesApart) {
    limit(1, 60s, 0, By::route, "p");
    EXPECT_EQ(ask(), Verdict::next);
    EXPECT_EQ(ask(), Verdict::reply);
    route_.name = "users";
    EXPECT_EQ(ask(), Verdict::next);
}

TEST_F(RateLimitTest, EscapesThePolicyName) {
    limit(1, 60s, 0, By::ip, "a\"b\r\n\\");
    ask();
    EXPECT_EQ(exchange_.response_fields,
              "ratelimit-policy: \"a\\\"b\\\\\";q=1;w=60\r\nratelimit: \"a\\\"b\\\\\";r=0;t=60\r\n");
}

TEST_F(RateLimitTest, AppliesOnlyWhereTheRouteAsksForIt) {
    EXPECT_FALSE(RateLimit::applies(route_, RateLimit::Phase::before_auth));
    limit(1, 60s, 0, By::user, "p");
    EXPECT_FALSE(RateLimit::applies(route_, RateLimit::Phase::before_auth));
    EXPECT_TRUE(RateLimit::applies(route_, RateLimit::Phase::after_auth));
}

}  // namespace
}  // namespace gatehouse::pipeline

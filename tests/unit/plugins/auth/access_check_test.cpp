#include "plugins/auth/access_check.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/plugins/auth/keys.hpp"

namespace auth {
namespace {

using namespace testing;

constexpr std::int64_t kNow = 1'800'000'000;

class AccessCheckTest : public ::testing::Test {
protected:
    std::string token(std::int64_t user, std::int64_t session, std::int64_t version = 1) const {
        Claims claims;
        claims.user_id = user;
        claims.username = "ann";
        claims.session_id = session;
        claims.version = version;
        return tokens.issue(claims, at(kNow));
    }
    bool passes(const std::string& token, std::int64_t now = kNow) {
        return access.check(token, at(now)).claims != nullptr;
    }

    static KeyRing make_ring(const std::string& old_pem) {
        std::vector<RetiringKey> retiring;
        retiring.push_back({read_pem_key(old_pem), at(kNow + 100)});
        return KeyRing(read_pem_key(new_pem("ED25519")), std::move(retiring));
    }

    const std::string old_pem = new_pem("EC");
    const KeyRing ring = make_ring(old_pem);
    const TokenRules rules{.issuer = "gatehouse", .audience = "gatehouse"};
    const Tokens tokens{ring, rules};
    Revocations revocations;
    AccessCheck access{tokens, revocations};
};

TEST_F(AccessCheckTest, ARememberedTokenIsStillRefusedOnceItIsRevoked) {
    const std::string mine = token(1, 10), other = token(1, 11);
    ASSERT_TRUE(passes(mine));
    ASSERT_TRUE(passes(other));
    revocations.revoke_session(10, at(kNow + 1'000));
    EXPECT_FALSE(passes(mine));
    EXPECT_TRUE(access.check(mine, at(kNow)).revoked);
    EXPECT_TRUE(passes(other));
    revocations.require_version(1, 2, at(kNow + 1'000));
    EXPECT_FALSE(passes(other));
    EXPECT_TRUE(passes(token(1, 12, 2)));
}

TEST_F(AccessCheckTest, ARememberedTokenStillExpires) {
    const std::string mine = token(1, 10);
    ASSERT_TRUE(passes(mine));
    EXPECT_TRUE(passes(mine, kNow + 899));
    EXPECT_FALSE(passes(mine, kNow + 900));
    EXPECT_FALSE(passes(mine, kNow - 3'600)) << "the clock was set back";
}

TEST_F(AccessCheckTest, ARememberedTokenIsCheckedAgainWhenItsKeyRetires) {
    const KeyRing old_ring(read_pem_key(old_pem), {});
    Claims claims;
    claims.user_id = 1;
    claims.username = "ann";
    claims.session_id = 10;
    const std::string mine = Tokens(old_ring, rules).issue(claims, at(kNow));
    ASSERT_TRUE(passes(mine, kNow + 90));
    EXPECT_FALSE(passes(mine, kNow + 121));
}

TEST_F(AccessCheckTest, RevocationsAreForgottenWhenNoTokenCanBeAlive) {
    revocations.revoke_session(10, at(kNow + 10));
    revocations.revoke_session(10, at(kNow + 5));
    revocations.require_version(1, 2, at(kNow + 20));
    revocations.require_version(1, 1, at(kNow + 1));
    revocations.forget_expired(at(kNow + 9));
    EXPECT_EQ(revocations.size(), 2u);
    revocations.forget_expired(at(kNow + 10));
    EXPECT_EQ(revocations.size(), 1u);
    EXPECT_FALSE(passes(token(1, 10))) << "version";
    revocations.forget_expired(at(kNow + 20));
    EXPECT_EQ(revocations.size(), 0u);
}

TEST_F(AccessCheckTest, MemoryStaysBoundedAndAnswersRightWhenPlacesCollide) {
    VerifiedTokens small(1);
    std::vector<Digest> digests;
    for (int i = 0; i < 200; ++i) {
        digests.push_back(sha256(std::to_string(i)));
        auto verified = std::make_shared<VerifiedToken>();
        verified->claims.user_id = i;
        small.remember(digests.back(), verified);
    }
    int known = 0;
    for (int i = 0; i < 200; ++i) {
        const auto found = small.find(digests[static_cast<std::size_t>(i)]);
        if (found == nullptr) continue;
        ++known;
        EXPECT_EQ(found->claims.user_id, i);
    }
    EXPECT_LE(known, 16);
    EXPECT_GT(known, 0);
}

TEST_F(AccessCheckTest, ManyThreadsMayAskAndRevoke) {
    std::vector<std::string> all;
    for (int i = 1; i <= 20; ++i) all.push_back(token(i, i));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int round = 0; round < 50; ++round) {
                for (const std::string& one : all) static_cast<void>(access.check(one, at(kNow)));
                if (t == 0) revocations.revoke_session(round % 10 + 1, at(kNow + 100));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (int i = 1; i <= 20; ++i) EXPECT_EQ(passes(all[static_cast<std::size_t>(i - 1)]), i > 10) << i;
}

}  // namespace
}  // namespace auth

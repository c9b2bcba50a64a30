#include "gateway/upstream/assertion.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "gateway/base/base64url.hpp"

namespace gatehouse::upstream {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
const std::string kKey(32, 'a'), kOtherKey(32, 'b');

class AssertionTest : public testing::Test {
protected:
    std::string sign(std::int64_t at = kNow, const std::string& key = kKey) const {
        const auto signer = AssertionSigner::create(key);
        std::string text;
        EXPECT_TRUE((*signer)->sign(request_, {"u-1", "Ada", "s-1", "orders", roles_}, at, text));
        return text;
    }
    AssertionFailure verify(std::string_view text, std::int64_t at = kNow) {
        return (*verifier_)->verify(text, request_, at, identity_);
    }

    AssertedRequest request_{"posts", "POST", "/api/posts", "draft=1", true};
    std::vector<std::string> roles_ = {"author", ""};
    std::vector<std::string> keys_ = {kKey};
    Result<std::unique_ptr<AssertionVerifier>> verifier_ = AssertionVerifier::create(keys_);
    VerifiedIdentity identity_;
};

TEST_F(AssertionTest, TellsWhoAsks) {
    ASSERT_EQ(verify(sign()), AssertionFailure::none);
    EXPECT_EQ(identity_.id, "u-1");
    EXPECT_EQ(identity_.name, "Ada");
    EXPECT_EQ(identity_.session, "s-1");
    EXPECT_EQ(identity_.service, "orders");
    EXPECT_EQ(identity_.roles, roles_);
}

TEST_F(AssertionTest, HoldsForOneUse) {
    const std::string text = sign();
    EXPECT_EQ(verify(text), AssertionFailure::none);
    EXPECT_EQ(verify(text), AssertionFailure::replayed);
    EXPECT_EQ(verify(text, kNow + kAssertionSkewSeconds), AssertionFailure::replayed);
    EXPECT_EQ(verify(text, kNow + kAssertionSkewSeconds + 1), AssertionFailure::expired);
}

TEST_F(AssertionTest, IsReplayedAtNoMomentOfItsLife) {
    for (std::int64_t first = kNow - 30; first <= kNow + 30; ++first) {
        const auto verifier = AssertionVerifier::create(keys_);
        const std::string text = sign();
        ASSERT_EQ((*verifier)->verify(text, request_, first, identity_), AssertionFailure::none);
        for (std::int64_t again = first; again <= kNow + 30; ++again) {
            ASSERT_EQ((*verifier)->verify(text, request_, again, identity_), AssertionFailure::replayed)
                << first << again;
        }
    }
}

TEST_F(AssertionTest, HoldsForHalfAMinuteEitherWay) {
    EXPECT_EQ(verify(sign(kNow - 30)), AssertionFailure::none);
    EXPECT_EQ(verify(sign(kNow + 30)), AssertionFailure::none);
    EXPECT_EQ(verify(sign(kNow - 31)), AssertionFailure::expired);
    EXPECT_EQ(verify(sign(kNow + 31)), AssertionFailure::expired);
}

TEST_F(AssertionTest, HoldsForOneRequest) {
    struct Row {
        const char* name;
        AssertedRequest request;
        AssertionFailure expected;
    };
    const Row rows[] = {
        {"other service", {"users", "POST", "/api/posts", "draft=1", true}, AssertionFailure::wrong_audience},
        {"other method", {"posts", "DELETE", "/api/posts", "draft=1", true}, AssertionFailure::wrong_request},
        {"other path", {"posts", "POST", "/api/posts/7", "draft=1", true}, AssertionFailure::wrong_request},
        {"other query", {"posts", "POST", "/api/posts", "draft=0", true}, AssertionFailure::wrong_request},
        {"no query", {"posts", "POST", "/api/posts", "", false}, AssertionFailure::wrong_request},
        {"empty query", {"posts", "POST", "/api/posts", "", true}, AssertionFailure::wrong_request},
        {"query in the path", {"posts", "POST", "/api/posts?draft=1", "", false}, AssertionFailure::none},
    };
    for (const Row& row : rows) {
        EXPECT_EQ((*verifier_)->verify(sign(), row.request, kNow, identity_), row.expected) << row.name;
    }
}

TEST_F(AssertionTest, BelievesNothingThatWasChanged) {
    const std::string text = sign();
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char c : {'A', 'B', '.', '=', '_', '\0'}) {
            std::string changed = text;
            if (changed[at] == c) continue;
            changed[at] = c;
            EXPECT_NE(verify(changed), AssertionFailure::none) << at;
        }
        EXPECT_NE(verify(text.substr(0, at)), AssertionFailure::none) << at;
    }
    for (const std::string& changed : {text + "A", text + "=", text + ".", " " + text, "v2" + text.substr(2),
                                       text + "." + text, std::string("v1.."), std::string()}) {
        EXPECT_NE(verify(changed), AssertionFailure::none) << changed;
    }
    EXPECT_EQ(verify(text), AssertionFailure::none);
}

TEST_F(AssertionTest, BelievesOnlyItsKeys) {
    EXPECT_EQ(verify(sign(kNow, kOtherKey)), AssertionFailure::bad_signature);
    keys_ = {kOtherKey, kKey};
    const auto rotating = AssertionVerifier::create(keys_);
    for (const std::string& key : keys_) {
        EXPECT_EQ((*rotating)->verify(sign(kNow, key), request_, kNow, identity_), AssertionFailure::none);
    }
}

TEST_F(AssertionTest, RefusesShortKeysAndNoKeys) {
    const std::vector<std::string> none, weak = {std::string(31, 'x')};
    EXPECT_FALSE(AssertionSigner::create(weak[0]));
    EXPECT_FALSE(AssertionVerifier::create(weak));
    EXPECT_FALSE(AssertionVerifier::create(none));
}

TEST_F(AssertionTest, SignsNothingTooLong) {
    const auto signer = AssertionSigner::create(kKey);
    std::string text = "kept";
    const std::string endless(70'000, 'x');
    EXPECT_FALSE((*signer)->sign(request_, {endless, "", "", "", {}}, kNow, text));
    const std::vector<std::string> many(256, "r");
    EXPECT_FALSE((*signer)->sign(request_, {"", "", "", "", many}, kNow, text));
    EXPECT_EQ(text, "kept");
}

TEST_F(AssertionTest, NeverUsesANonceTwice) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(sign()).second);
}

TEST_F(AssertionTest, FailsClosedWhenItCannotRemember) {
    const auto small = AssertionVerifier::create(keys_, 16);
    AssertionFailure last = AssertionFailure::none;
    for (int i = 0; i < 200; ++i) last = (*small)->verify(sign(), request_, kNow, identity_);
    EXPECT_EQ(last, AssertionFailure::overloaded);
    EXPECT_EQ((*small)->verify(sign(kNow + 125), request_, kNow + 125, identity_), AssertionFailure::none);
}

TEST_F(AssertionTest, LetsOneOfManyThreadsUseAnAssertion) {
    for (int round = 0; round < 50; ++round) {
        const std::string text = sign();
        std::atomic<int> accepted{0};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&] {
                VerifiedIdentity identity;
                if ((*verifier_)->verify(text, request_, kNow, identity) == AssertionFailure::none) ++accepted;
            });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(accepted, 1);
    }
}

}  // namespace
}  // namespace gatehouse::upstream

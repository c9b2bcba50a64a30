#include <argon2.h>
#include <gtest/gtest.h>

#include <atomic>
#include <gatehouse/problem.hpp>
#include <latch>
#include <thread>
#include <vector>

#include "plugins/auth/password_hasher.hpp"
#include "plugins/auth/password_policy.hpp"

namespace auth {
namespace {

using namespace std::chrono_literals;

constexpr Argon2Cost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(PasswordPolicyTest, CountsCharactersNotBytes) {
    EXPECT_TRUE(password_problem("1x2y3z4", "ann", "ann@example.com"));
    EXPECT_FALSE(password_problem("1x2y3z4w", "ann", "ann@example.com"));
    EXPECT_TRUE(password_problem(repeated("\xc3\xa9", 7), "ann", ""));
    EXPECT_FALSE(password_problem(repeated("\xc3\xa9", 8), "ann", ""));
    EXPECT_FALSE(password_problem(repeated("\xf0\x9f\x90\x80", 128), "ann", ""));
    EXPECT_TRUE(password_problem(repeated("\xf0\x9f\x90\x80", 129), "ann", ""));
    EXPECT_FALSE(password_problem("        \t\n", "ann", "")) << "all characters are allowed";
    EXPECT_TRUE(
        password_problem("12345\xff"
                         "678xyz",
                         "ann", ""))
        << "invalid UTF-8";
}

TEST(PasswordPolicyTest, RefusesWhatGuessersTryFirst) {
    for (const char* common : {"password", "PASSWORD", "Password1", "12345678", "qwertyuiop", "iloveyou", "1q2w3e4r",
                               "Summer2024", "P@ssw0rd", "letmein123", "football", "administrator", "welcome1"}) {
        EXPECT_TRUE(password_problem(common, "ann", "ann@example.com")) << common;
    }
    EXPECT_TRUE(password_problem("AnnaKarenina", "annakarenina", "x@example.com"));
    EXPECT_TRUE(password_problem("ANN@example.com", "ann", "ann@example.com"));
    EXPECT_FALSE(password_problem("correct horse battery", "ann", "ann@example.com"));
}

// RFC 9106, 5.3: that the linked library is Argon2id.
TEST(PasswordHasherTest, TheLibraryGivesTheKnownAnswerOfRfc9106) {
    std::string password(32, '\x01'), salt(16, '\x02'), secret(8, '\x03'), associated(12, '\x04'), tag(32, '\0');
    const auto bytes = [](std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); };
    argon2_context context{};
    context.out = bytes(tag);
    context.outlen = 32;
    context.pwd = bytes(password);
    context.pwdlen = 32;
    context.salt = bytes(salt);
    context.saltlen = 16;
    context.secret = bytes(secret);
    context.secretlen = 8;
    context.ad = bytes(associated);
    context.adlen = 12;
    context.t_cost = 3;
    context.m_cost = 32;
    context.lanes = context.threads = 4;
    context.version = ARGON2_VERSION_13;
    ASSERT_EQ(argon2id_ctx(&context), ARGON2_OK);
    const std::string expected(
        "\x0d\x64\x0d\xf5\x8d\x78\x76\x6c\x08\xc0\x37\xa3\x4a\x8b\x53\xc9\xd0\x1e\xf0\x45\x2d\x75\xb6\x5e"
        "\xb5\x25\x20\xe9\x6b\x01\xe6\x59",
        32);
    EXPECT_EQ(tag, expected);
}

TEST(PasswordHasherTest, MatchesOnlyTheSamePassword) {
    PasswordHasher hasher(kCheap, {});
    const std::string hash = hasher.hash("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << hash;
    EXPECT_NE(hash, hasher.hash("correct horse")) << "the salt is random";
    EXPECT_TRUE(hasher.matches("correct horse", hash));
    for (const char* wrong : {"", "correct horse ", " correct horse", "Correct horse", "correct hors"}) {
        EXPECT_FALSE(hasher.matches(wrong, hash)) << wrong;
    }
    EXPECT_FALSE(hasher.matches(std::string("correct horse\0x", 15), hash));
    for (const char* no_hash : {"", "!", "x", "not a hash", "$argon2id$", "$2b$", "$argon2id$v=19$m=64,t=1,p=1$x$y"}) {
        EXPECT_FALSE(hasher.matches("x", no_hash)) << no_hash;
    }
}

TEST(PasswordHasherTest, NoticesHashesOfAnotherCost) {
    PasswordHasher cheap(kCheap, {}), today({.memory_kib = 128, .passes = 2, .lanes = 1}, {});
    const std::string old = cheap.hash("correct horse");
    EXPECT_FALSE(cheap.is_outdated(old));
    EXPECT_TRUE(today.is_outdated(old));
    EXPECT_TRUE(today.matches("correct horse", old)) << "old ones still count";
}

TEST(PasswordHasherTest, PretendingWorksOnAHashThatNobodyHas) {
    PasswordHasher hasher(kCheap, {});
    for (const char* password : {"", "x", "correct horse"}) EXPECT_NO_THROW(hasher.pretend(password));
}

TEST(HashingGateTest, LetsInAsManyAsItsWidthAndTurnsAwayBeyondTheQueue) {
    HashingGate gate({.concurrent = 2, .waiting_max = 0, .patience = 10s});
    auto first = gate.enter();
    {
        const auto second = gate.enter();
        EXPECT_TRUE(first && second);
        EXPECT_FALSE(gate.enter());
    }
    EXPECT_TRUE(gate.enter());
}

TEST(HashingGateTest, PatienceEnds) {
    HashingGate gate({.concurrent = 1, .waiting_max = 5, .patience = 1ms});
    const auto first = gate.enter();
    EXPECT_FALSE(gate.enter());
}

TEST(HashingGateTest, NeverRunsMoreThanItsWidthAtATime) {
    HashingGate gate({.concurrent = 2, .waiting_max = 100, .patience = 60s});
    std::atomic<int> inside = 0, most = 0, passed = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                const auto pass = gate.enter();
                if (!pass) continue;
                const int now = ++inside;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                std::this_thread::yield();
                --inside;
                ++passed;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_LE(most, 2);
    EXPECT_EQ(passed, 16 * 50);
}

TEST(PasswordHasherTest, AFullQueueIsToldAsUnavailable) {
    PasswordHasher hasher({.memory_kib = 8'192, .passes = 3, .lanes = 1},
                          {.concurrent = 1, .waiting_max = 0, .patience = 0ms});
    std::atomic<int> hashed = 0, refused = 0;
    std::latch start(8);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            start.arrive_and_wait();
            try {
                static_cast<void>(hasher.hash("correct horse"));
                ++hashed;
            } catch (const gatehouse::ServiceUnavailable&) {
                ++refused;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(hashed + refused, 8);
    EXPECT_GE(hashed, 1);
}

}  // namespace
}  // namespace auth

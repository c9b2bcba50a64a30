#include "gateway/base/uuid7.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse {
namespace {

std::uint64_t milliseconds_now() {
    using namespace std::chrono;
    return static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

std::uint64_t timestamp_of(std::string_view text) {
    std::string digits(text.substr(0, 8));
    return std::stoull(digits.append(text.substr(9, 4)), nullptr, 16);
}

TEST(Uuid7Test, HasTheTextFormOfVersionSeven) {
    for (int i = 0; i < 1000; ++i) {
        const Uuid7 id = Uuid7::generate();
        const std::string_view text = id.text();
        ASSERT_EQ(text.size(), 36u);
        for (std::size_t at = 0; at < text.size(); ++at) {
            const bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
            ASSERT_TRUE(is_dash ? text[at] == '-' : std::string_view("0123456789abcdef").find(text[at]) != text.npos)
                << text;
        }
        EXPECT_EQ(text[14], '7');
        EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos) << text;
    }
}

TEST(Uuid7Test, BeginsWithTheTime) {
    const std::uint64_t before = milliseconds_now();
    const Uuid7 id = Uuid7::generate();
    const std::uint64_t after = milliseconds_now();
    EXPECT_GE(timestamp_of(id.text()), before);
    EXPECT_LE(timestamp_of(id.text()), after);
}

TEST(Uuid7Test, NeverRepeatsNotEvenAcrossThreads) {
    constexpr int kPerThread = 10'000;
    std::set<std::string> seen;
    std::array<std::set<std::string>, 3> found;
    {
        std::vector<std::jthread> threads;
        for (auto& mine : found) {
            threads.emplace_back([&mine] {
                for (int i = 0; i < kPerThread; ++i) mine.insert(std::string(Uuid7::generate().text()));
            });
        }
    }
    for (auto& mine : found) seen.merge(mine);
    EXPECT_EQ(seen.size(), found.size() * kPerThread);
}

}  // namespace
}  // namespace gatehouse

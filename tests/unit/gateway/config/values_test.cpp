#include "gateway/config/values.hpp"

#include <gtest/gtest.h>

#include "gateway/config/suggest.hpp"

namespace gatehouse::config {
namespace {

using namespace std::chrono_literals;
using Kind = ValueError::Kind;

TEST(ValuesTest, DurationsRoundTrip) {
    for (const auto& [text, value] :
         std::vector<std::pair<std::string, std::chrono::milliseconds>>{{"0ms", 0ms},
                                                                        {"1ms", 1ms},
                                                                        {"500ms", 500ms},
                                                                        {"1s", 1s},
                                                                        {"90s", 90s},
                                                                        {"2m", 2min},
                                                                        {"1h", 1h},
                                                                        {"1d", 24h},
                                                                        {"10000d", 240'000h}}) {
        const auto parsed = parse_duration(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, value) << text;
        EXPECT_EQ(format_duration(value), text);
    }
}

TEST(ValuesTest, SizesRoundTrip) {
    for (const auto& [text, value] :
         std::vector<std::pair<std::string, std::uint64_t>>{{"0B", 0},
                                                            {"1B", 1},
                                                            {"1023B", 1023},
                                                            {"1KiB", 1024},
                                                            {"10MiB", 10ULL << 20},
                                                            {"64GiB", 64ULL << 30},
                                                            {"18446744073709551615B", UINT64_MAX}}) {
        const auto parsed = parse_size(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, value) << text;
        EXPECT_EQ(format_size(value), text);
    }
}

TEST(ValuesTest, RatesRoundTrip) {
    for (const auto& [text, period] : std::vector<std::pair<std::string, std::chrono::nanoseconds>>{
             {"1/s", 1s}, {"600/min", 1min}, {"5/h", 1h}, {"1000000000/day", 24h}}) {
        const auto parsed = parse_rate(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->period, period) << text;
        EXPECT_EQ(format_rate(*parsed), text);
    }
}

struct Bad {
    std::string text;
    Kind kind;
};

template <class Parse>
void expect_refused(const std::vector<Bad>& cases, Parse parse) {
    for (const Bad& bad : cases) {
        const auto parsed = parse(bad.text);
        ASSERT_FALSE(parsed) << bad.text;
        EXPECT_EQ(parsed.error().kind, bad.kind) << bad.text;
        EXPECT_FALSE(parsed.error().help.empty()) << bad.text;
    }
}

TEST(ValuesTest, BadDurationsAreRefused) {
    expect_refused({{"", Kind::malformed},
                    {"s", Kind::malformed},
                    {"5", Kind::no_unit},
                    {"0", Kind::no_unit},
                    {"5 s", Kind::malformed},
                    {" 5s", Kind::malformed},
                    {"-5s", Kind::malformed},
                    {"+5s", Kind::malformed},
                    {"1.5s", Kind::malformed},
                    {"5sec", Kind::malformed},
                    {"5S", Kind::malformed},
                    {"1m30s", Kind::malformed},
                    {"05s", Kind::malformed},
                    {"10001d", Kind::out_of_range},
                    {"18446744073709551615d", Kind::out_of_range},
                    {"99999999999999999999s", Kind::out_of_range}},
                   [](const std::string& text) { return parse_duration(text); });
}

TEST(ValuesTest, BadSizesAreRefused) {
    expect_refused({{"", Kind::malformed},
                    {"10", Kind::no_unit},
                    {"10MB", Kind::malformed},
                    {"10mib", Kind::malformed},
                    {"10 MiB", Kind::malformed},
                    {"17179869184GiB", Kind::out_of_range},
                    {"-1B", Kind::malformed}},
                   [](const std::string& text) { return parse_size(text); });
}

TEST(ValuesTest, BadRatesAreRefused) {
    expect_refused({{"", Kind::malformed},
                    {"60", Kind::no_unit},
                    {"60/", Kind::malformed},
                    {"60/minute", Kind::malformed},
                    {"60 / min", Kind::malformed},
                    {"0/s", Kind::out_of_range},
                    {"1000000001/s", Kind::out_of_range},
                    {"60min", Kind::malformed},
                    {"/s", Kind::malformed}},
                   [](const std::string& text) { return parse_rate(text); });
}

TEST(ValuesTest, BadWholeNumbersAreRefused) {
    expect_refused({{"", Kind::malformed},
                    {"010", Kind::malformed},
                    {"0x10", Kind::malformed},
                    {"1_000", Kind::malformed},
                    {"1e3", Kind::malformed},
                    {"18446744073709551616", Kind::out_of_range}},
                   [](const std::string& text) { return parse_whole_number(text); });
    EXPECT_EQ(*parse_whole_number("0"), 0u);
    EXPECT_EQ(*parse_whole_number("18446744073709551615"), UINT64_MAX);
}

TEST(SuggestTest, FindsWhatWasProbablyMeant) {
    const std::vector<std::string> names = {"users", "posts", "auth", "subscriptions"};
    EXPECT_EQ(closest("usres", names), "users");
    EXPECT_EQ(closest("Users", names), "users");
    EXPECT_EQ(closest("subscription", names), "subscriptions");
    EXPECT_EQ(closest("atuh", names), "auth");
    EXPECT_EQ(closest("elsewhere", names), "");
    EXPECT_EQ(closest("x", names), "");
    EXPECT_EQ(closest(std::string(10'000, 'u'), names), "");
}

}  // namespace
}  // namespace gatehouse::config

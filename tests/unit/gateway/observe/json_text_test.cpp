#include "gateway/observe/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>
#include <random>

namespace gatehouse::observe {
namespace {

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

struct Row {
    const char* name;
    std::string_view text, expected;
};

class JsonTextTable : public testing::TestWithParam<Row> {};

TEST_P(JsonTextTable, Escapes) { EXPECT_EQ(json_string(GetParam().text), GetParam().expected); }

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    Rows, JsonTextTable,
    testing::Values(Row{"Empty", "", R"("")"}, Row{"Plain", "GET /a b", R"("GET /a b")"},
                    Row{"Quote", R"(a"b\c)", R"("a\"b\\c")"}, Row{"LineBreaks", "a\r\nb\t", R"("a\r\nb\t")"},
                    Row{"Nul", "a\0b"sv, R"("a\u0000b")"}, Row{"Escape", "\x1b[31m", R"("\u001b[31m")"},
                    Row{"Delete", "\x7f", R"("\u007f")"}, Row{"Umlaut", "\xc3\xa4", "\"\xc3\xa4\""},
                    Row{"FourOctets", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
                    Row{"LoneContinuation", "a\x80z", "\"a\xef\xbf\xbdz\""},
                    Row{"CutShort", "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
                    Row{"Overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
                    Row{"Surrogate", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                    Row{"TooHigh", "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                    Row{"LineSeparator", "\xe2\x80\xa8", R"("\u2028")"}, Row{"C1Control", "\xc2\x9b", R"("\u009b")"}),
    [](const auto& param) { return param.param.name; });

TEST(JsonText, IsOneLineOfValidJsonWhateverTheOctets) {
    std::minstd_rand random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 40, '\0');
        for (char& c : text) c = static_cast<char>(random());
        const std::string json = json_string(text);
        EXPECT_EQ(json.find('\n'), std::string::npos);
        boost::system::error_code error;
        boost::json::parse(json, error);
        EXPECT_FALSE(error) << json;
    }
}

TEST(JsonText, WritesTimesAsRfc3339) {
    const std::pair<std::int64_t, std::string_view> rows[] = {{0, "1970-01-01T00:00:00.000Z"},
                                                              {951'782'399'999, "2000-02-28T23:59:59.999Z"},
                                                              {951'782'400'000, "2000-02-29T00:00:00.000Z"},
                                                              {4'102'444'799'001, "2099-12-31T23:59:59.001Z"},
                                                              {-1, "1969-12-31T23:59:59.999Z"}};
    for (const auto& [time, expected] : rows) {
        std::string out;
        append_rfc3339(out, time);
        EXPECT_EQ(out, expected);
    }
}

TEST(JsonText, WritesNumbersThatReadBackTheSame) {
    std::string out;
    append_json_number(out, 0.1);
    out.push_back(' ');
    append_json_number(out, std::numeric_limits<double>::infinity());
    out.push_back(' ');
    append_integer(out, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(out, "0.1 null -9223372036854775808");
}

}  // namespace
}  // namespace gatehouse::observe

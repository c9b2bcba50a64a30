#include <gatehouse/binding.hpp>
#include <gatehouse/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/sdk/service/wide_struct.hpp"

namespace {

using gatehouse::BadRequest;
using gatehouse::FieldError;
using gatehouse::from_json;
using gatehouse::Invalid;
using gatehouse::to_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using wide::Wide;

// "pointer: detail" of every error.
template <class T>
std::vector<std::string> errors_of(const std::string& json) {
    std::vector<std::string> found;
    try {
        static_cast<void>(from_json<T>(json));
    } catch (const Invalid& invalid) {
        for (const FieldError& error : invalid.errors()) found.push_back(error.pointer + ": " + error.detail);
    }
    return found;
}

struct RuleCase {
    const char* name;
    const char* json;
    const char* error;  // "" = accepted
};
void PrintTo(const RuleCase& test, std::ostream* out) { *out << test.name; }

class RuleTest : public ::testing::TestWithParam<RuleCase> {};

TEST_P(RuleTest, IsKept) {
    const auto errors = errors_of<Wide>(GetParam().json);
    if (*GetParam().error == '\0') {
        EXPECT_THAT(errors, IsEmpty());
    } else {
        EXPECT_THAT(errors, ElementsAre(GetParam().error));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rules, RuleTest,
    ::testing::Values(
        RuleCase{"Nothing", "{}", ""}, RuleCase{"NotAnObject", "[]", ": must be an object"},
        RuleCase{"Boolean", R"({"flag":1})", "/flag: must be true or false"},
        RuleCase{"Integer", R"({"count":"1"})", "/count: must be an integer"},
        RuleCase{"IntegerWrittenAsFloat", R"({"count":3.0})", ""},
        RuleCase{"IntegerWithExponent", R"({"count":1e1})", ""},
        RuleCase{"Fraction", R"({"count":1.5})", "/count: must be an integer"},
        RuleCase{"BelowRange", R"({"count":0})", "/count: must be between 1 and 10"},
        RuleCase{"AboveRange", R"({"count":11})", "/count: must be between 1 and 10"},
        RuleCase{"AboveInt64", R"({"big":9223372036854775808})", "/big: is out of range"},
        RuleCase{"HugeInteger", R"({"big":1e300})", "/big: is out of range"},
        RuleCase{"LargestInt64", R"({"big":9223372036854775807})", ""},
        RuleCase{"SmallestInt64", R"({"big":-9223372036854775808})", ""},
        RuleCase{"Int32", R"({"small":2147483648})", "/small: is out of range"},
        RuleCase{"HugeNumber", R"({"ratio":1e999})", "/ratio: is out of range"},
        RuleCase{"NumberAboveMaximum", R"({"ratio":1.01})", "/ratio: must be between 0 and 1"},
        RuleCase{"IntegerAsNumber", R"({"ratio":1})", ""},
        RuleCase{"Null", R"({"count":null})", "/count: must be an integer"},
        RuleCase{"NullOptional", R"({"maybe":null})", ""},
        RuleCase{"NullRefused", R"({"patch":null})", "/patch: must not be null"},
        RuleCase{"EmptyString", R"({"text":""})", "/text: must not be empty"},
        RuleCase{"LongString", R"({"text":"123456"})", "/text: must have at most 5 characters"},
        RuleCase{"CodePointsNotOctets", R"({"text":"ёжик€"})", ""},
        RuleCase{"EscapedSurrogates", R"({"text":"\ud83d\ude00"})", ""},
        RuleCase{"Nul", R"({"text":"a\u0000b"})", "/text: must not contain U+0000"},
        RuleCase{"EmailGood", R"({"email":"a.b+c@example.co"})", ""},
        RuleCase{"EmailWithoutDot", R"({"email":"a@localhost"})", "/email: must be an e-mail address"},
        RuleCase{"EmailTwoAts", R"({"email":"a@b@c.de"})", "/email: must be an e-mail address"},
        RuleCase{"EmailDots", R"({"email":"a..b@c.de"})", "/email: must be an e-mail address"},
        RuleCase{"EmailNewline", R"({"email":"a@c.de\nX: y"})", "/email: must be an e-mail address"},
        RuleCase{"DateGood", R"({"day":"2024-02-29"})", ""},
        RuleCase{"DateBad", R"({"day":"2023-02-29"})", "/day: must be a date like 2026-03-01"},
        RuleCase{"TimeBad", R"({"at":"2023-02-28"})", "/at: must be a time like 2026-03-01T12:00:00Z"},
        RuleCase{"Uuid", R"({"uuid":"018f3c1e-7b2a-7c3d-9e4f-0123456789ab"})", ""},
        RuleCase{"UuidBad", R"({"uuid":"018f3c1e7b2a7c3d9e4f0123456789ab"})", "/uuid: must be a UUID"},
        RuleCase{"Uri", R"({"uri":"https://a.b/c?d"})", ""},
        RuleCase{"UriBad", R"({"uri":"a b"})", "/uri: must be a URI"},
        RuleCase{"Enum", R"({"color":"blue"})", "/color: must be one of red, green"},
        RuleCase{"EnumType", R"({"color":1})", "/color: must be a string"},
        RuleCase{"Duration", R"({"wait":"90s"})", ""},
        RuleCase{"DurationBad", R"({"wait":"90"})", "/wait: must be a duration like 500ms, 30s, 15m, 24h or 30d"},
        RuleCase{"DurationFine", R"({"wait":"90ms"})", "/wait: is too fine a duration"},
        RuleCase{"Array", R"({"list":{}})", "/list: must be an array"},
        RuleCase{"ArrayLong", R"({"list":[1,2,3,4]})", "/list: must have at most 3 items"},
        RuleCase{"ArrayItem", R"({"list":[1,0]})", "/list/1: must be at least 1"},
        RuleCase{"Nested", R"({"inner":{"name":""}})", "/inner/name: must not be empty"},
        RuleCase{"NestedMissing", R"({"inner":{}})", "/inner/name: is required"},
        RuleCase{"NestedInArray", R"({"inners":[{"name":"a"},{"name":5}]})", "/inners/1/name: must be a string"},
        RuleCase{"Map", R"({"map":{"a/b~c":"x"}})", "/map/a~1b~0c: must be an integer"},
        RuleCase{"Predicate", R"({"even":3})", "/even: must be even"},
        RuleCase{"PredicateOnOptional", R"({"even_maybe":3})", "/even_maybe: must be even"},
        RuleCase{"CrossField", R"({"low":3,"high":2})", "/high: must not be below low"},
        RuleCase{"TextType", R"({"money":"1,5"})", "/money: is not valid"},
        RuleCase{"ReadOnlyIgnored", R"({"read_only":"not a number"})", ""}),
    [](const auto& rule) { return std::string(rule.param.name); });

TEST(BindingTest, RoundTripsEveryKindOfMember) {
    const std::string json =
        R"({"flag":true,"count":3,"big":-5,"small":7,"ratio":0.5,"maybe":"x","patch":"y","text":"\"\\\n\u0001ё",)"
        R"("email":"a@b.cd","day":"2026-03-01","at":"2026-03-01T12:00:00.250Z","uuid":"018f3c1e-7b2a-7c3d-9e4f-0123456789ab",)"
        R"("uri":"a:b","color":"green","wait":"90s","list":[1,2],"inner":{"name":"n"},"inners":[],"map":{"k":1},"even":2,)"
        R"("even_maybe":null,"low":1,"high":2,"money":"12.34","raw":{"a":[1,null,true]},"read_only":0})";
    EXPECT_EQ(to_json(from_json<Wide>(json)), json);
}

TEST(BindingTest, LeavesAnAbsentPatchOutAndWriteOnlyToo) {
    Wide value;
    value.secret = "hidden";
    const std::string json = to_json(value);
    EXPECT_THAT(json, ::testing::Not(HasSubstr("patch")));
    EXPECT_THAT(json, ::testing::Not(HasSubstr("hidden")));
    EXPECT_EQ(from_json<Wide>(R"({"secret":"s"})").secret, "s");
}

TEST(BindingTest, RefusesTextThatIsNoJson) {
    const std::vector<std::string> junk = {"",
                                           "{",
                                           "{\"a\":}",
                                           "nul",
                                           "{} {}",
                                           "{'a':1}",
                                           "[1,]",
                                           "\x80",
                                           "{\"a\":\"\xff\"}",
                                           "NaN",
                                           "\"\\ud800\"",
                                           "{\"a\":1,\"a\":2}",
                                           "\"a\nb\"",
                                           "// x\n1",
                                           "01",
                                           "+1",
                                           "\xEF\xBB\xBF{}",
                                           "{\"a\":\"\xC0\x80\"}",
                                           "\"\\u12\"",
                                           "{\"\xED\xA0\x80\":1}"};
    for (const std::string& text : junk) EXPECT_THROW(static_cast<void>(from_json<Wide>(text)), BadRequest) << text;
}

TEST(BindingTest, BoundsDepthAndCount) {
    const auto nested = [](int depth) {
        return R"({"raw":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_NO_THROW(static_cast<void>(from_json<Wide>(nested(31))));
    EXPECT_THROW(static_cast<void>(from_json<Wide>(nested(32))), BadRequest);
    EXPECT_THROW(static_cast<void>(from_json<Wide>(nested(200'000))), BadRequest);
    std::string many = R"({"raw":[0)";
    for (int i = 0; i < 100'000; ++i) many += ",0";
    EXPECT_THROW(static_cast<void>(from_json<Wide>(many + "]}")), BadRequest);
}

TEST(BindingTest, TellsAHundredErrorsAtMost) {
    std::string json = "[0";
    for (int i = 0; i < 1000; ++i) json += ",0";
    EXPECT_EQ(errors_of<std::vector<std::string>>(json + "]").size(), 100);
}

TEST(BindingTest, WritesWhatJsonCannotHoldAsNullOrReplacement) {
    EXPECT_EQ(to_json(std::numeric_limits<double>::quiet_NaN()), "null");
    EXPECT_EQ(to_json(std::string("a\xFFz\xE2\x82")), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(to_json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(BindingTest, RefusesUnknownFieldsOnDemand) {
    EXPECT_NO_THROW(static_cast<void>(from_json<wide::Inner>(R"({"name":"a","x":1})")));
    EXPECT_THROW(static_cast<void>(from_json<wide::Inner>(R"({"name":"a","x":1})", gatehouse::UnknownFields::refuse)),
                 Invalid);
}

TEST(BindingTest, ReadsTextPairs) {
    const gatehouse::Pairs pairs = {{"count", "3"}, {"flag", "1"},      {"list", "1,2"},
                                    {"list", "3"},  {"color", "green"}, {"wait", "5m"}};
    const auto value = gatehouse::from_pairs<Wide>(pairs, gatehouse::PairSource::query);
    EXPECT_EQ(value.count, 3);
    EXPECT_TRUE(value.flag);
    EXPECT_THAT(value.list, ElementsAre(1, 2, 3));
    EXPECT_EQ(value.color, wide::Color::green);
    EXPECT_EQ(value.wait, std::chrono::minutes(5));
}

TEST(BindingTest, NamesTheParameterOfABadPair) {
    try {
        static_cast<void>(gatehouse::from_pairs<Wide>({{"list", "1,0"}, {"count", "x"}}, gatehouse::PairSource::query));
        FAIL();
    } catch (const Invalid& invalid) {
        ASSERT_EQ(invalid.errors().size(), 2);
        EXPECT_EQ(invalid.errors()[0].parameter, "count");
        EXPECT_EQ(invalid.errors()[1].parameter, "list");
    }
}

TEST(BindingTest, NamesEnumerators) {
    EXPECT_EQ(gatehouse::name_of(wide::Color::red), "red");
    EXPECT_EQ(gatehouse::from_name<wide::Color>("green"), wide::Color::green);
    EXPECT_EQ(gatehouse::from_name<wide::Color>("blue"), std::nullopt);
}

TEST(BindingTest, DescribesItsSchema) {
    const auto schema = gatehouse::parse_json(gatehouse::json_schema<Wide>());
    EXPECT_EQ(schema.at("$ref"), "#/$defs/Wide");
    const auto& properties = schema.at("$defs").at("Wide").at("properties");
    EXPECT_EQ(boost::json::serialize(properties.at("count")),
              R"({"type":"integer","format":"int64","minimum":1,"maximum":10})");
    EXPECT_EQ(boost::json::serialize(properties.at("list")),
              R"({"type":"array","items":{"type":"integer","format":"int64","minimum":1},"maxItems":3})");
    EXPECT_EQ(boost::json::serialize(properties.at("maybe")), R"({"type":["string","null"]})");
    EXPECT_EQ(boost::json::serialize(properties.at("color")), R"({"type":"string","enum":["red","green"]})");
    EXPECT_EQ(boost::json::serialize(properties.at("secret")), R"({"type":"string","writeOnly":true})");
    EXPECT_EQ(boost::json::serialize(properties.at("inner")),
              R"({"anyOf":[{"$ref":"#/$defs/Inner"},{"type":"null"}]})");
    EXPECT_EQ(boost::json::serialize(schema.at("$defs").at("Inner").at("required")), R"(["name"])");
}

TEST(BindingTest, TakesFreeJson) {
    EXPECT_EQ(gatehouse::parse_json(R"({"a":[1]})").at("a").at(0), 1);
    EXPECT_THROW(static_cast<void>(gatehouse::parse_json(R"({"a":1,"a":1})")), BadRequest);
    EXPECT_EQ(to_json(from_json<boost::json::value>(R"({"b":null})")), R"({"b":null})");
}

}  // namespace

#include "gateway/events/cloud_event.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::events {
namespace {

using ::testing::HasSubstr;

Event sample() {
    Event event;
    event.id = "0192f0c1-7a52-7cc2-9c3e-5f7e6a1b2c3d";
    event.source = "posts";
    event.type = "post.created";
    event.subject = "post/7";
    event.time = "2026-01-31T23:59:59.123Z";
    event.data = R"({"id": 7, "big": 12345678901234567890123, "text": "a \"quoted\" } text"})";
    event.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    event.sequence = 42;
    return event;
}

TEST(CloudEventTest, WritesStructuredJson) {
    Event event = sample();
    event.data = R"({"id":7})";
    EXPECT_EQ(encode(event),
              R"({"specversion":"1.0","id":"0192f0c1-7a52-7cc2-9c3e-5f7e6a1b2c3d","source":"posts",)"
              R"("type":"post.created","subject":"post/7","time":"2026-01-31T23:59:59.123Z",)"
              R"("traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","sequence":"42",)"
              R"("datacontenttype":"application/json","data":{"id":7}})");
}

TEST(CloudEventTest, ReadsBackWhatItWroteWithDataUntouched) {
    const auto decoded = decode(encode(sample()));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, sample());
}

TEST(CloudEventTest, ReadsBackAnEventWithoutAnythingOptional) {
    Event event = sample();
    event.subject = event.data = event.trace_parent = "";
    event.sequence = 0;
    const auto decoded = decode(encode(event));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, event);
}

struct DataCase {
    const char* name;
    const char* json;
};
class CloudEventDataTest : public ::testing::TestWithParam<DataCase> {};

TEST_P(CloudEventDataTest, ComesOutAsItStands) {
    Event event = sample();
    event.data = GetParam().json;
    const auto decoded = decode(encode(event));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->data, event.data);
}

INSTANTIATE_TEST_SUITE_P(Values, CloudEventDataTest,
                         ::testing::Values(DataCase{"Null", "null"}, DataCase{"Number", "-1.50e+3"},
                                           DataCase{"Text", R"("}{][\\\"")"}, DataCase{"Word", "true"},
                                           DataCase{"EmptyObject", "{}"}, DataCase{"EmptyList", "[ ]"},
                                           DataCase{"Nested", R"({"a":[{"b":["]","}"]},[]],"c":"\u0000"})"},
                                           DataCase{"Spaced", "{ \"a\" :\n1 }"}),
                         [](const auto& test) { return std::string(test.param.name); });

struct BadCase {
    const char* name;
    const char* text;
    const char* why;
};
class CloudEventRefusalTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(CloudEventRefusalTest, SaysWhy) {
    const auto decoded = decode(GetParam().text);
    ASSERT_FALSE(decoded);
    EXPECT_THAT(decoded.error().message, HasSubstr(GetParam().why));
}

#define GOOD R"("specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-01T00:00:00Z")"
INSTANTIATE_TEST_SUITE_P(
    Texts, CloudEventRefusalTest,
    ::testing::Values(
        BadCase{"Nothing", "", "not JSON"}, BadCase{"NoObject", "[1]", "not a JSON object"},
        BadCase{"CutShort", "{" GOOD, "not JSON"}, BadCase{"MoreBehindIt", "{" GOOD "} x", "not JSON"},
        BadCase{"TooDeep",
                "{" GOOD R"(,"data":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]})",
                "not JSON"},
        BadCase{"NoVersion", R"({"id":"1","source":"s","type":"t","time":"2026-01-01T00:00:00Z"})", "1.0"},
        BadCase{"OtherVersion", R"({"specversion":"0.3","id":"1","source":"s","type":"t"})", "1.0"},
        BadCase{"NoId", R"({"specversion":"1.0","source":"s","type":"t","time":"2026-01-01T00:00:00Z"})", "bad id"},
        BadCase{"IdWithSpace", R"({"specversion":"1.0","id":"a b","source":"s","type":"t"})", "bad id"},
        BadCase{"NoSource", R"({"specversion":"1.0","id":"1","type":"t","time":"2026-01-01T00:00:00Z"})", "bad source"},
        BadCase{"TypeInCapitals", R"({"specversion":"1.0","id":"1","source":"s","type":"T"})", "bad type"},
        BadCase{"SubjectWithLineEnd", "{" GOOD R"(,"subject":"a\nb"})", "bad subject"},
        BadCase{"NoTime", R"({"specversion":"1.0","id":"1","source":"s","type":"t"})", "bad time"},
        BadCase{"LocalTime",
                R"({"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-01T00:00:00+01:00"})",
                "bad time"},
        BadCase{"NumberAsId", R"({"specversion":"1.0","id":1,"source":"s","type":"t"})", "not a text"},
        BadCase{"SequenceNoNumber", "{" GOOD R"(,"sequence":"-1"})", "not a text"},
        BadCase{"BinaryData", "{" GOOD R"(,"data_base64":"AA=="})", "not JSON"},
        BadCase{"OtherContent", "{" GOOD R"(,"datacontenttype":"text/xml","data":"<a/>"})", "not JSON"},
        BadCase{"TwoDatas", "{" GOOD R"(,"data":1,"data":2})", "twice"},
        BadCase{"TwoIds", "{" GOOD R"(,"id":"2"})", "twice"},
        BadCase{"EscapedData", "{" GOOD R"(,"d\u0061ta":1})", "escapes"},
        BadCase{"TraceWithSpace", "{" GOOD R"(,"traceparent":"a b"})", "trace_parent"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(CloudEventTest, LeavesOutExtensionsItDoesNotKnow) {
    const auto decoded = decode("{" GOOD R"(,"partitionkey":"x","data":{"a":1},"other":7})");
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->data, R"({"a":1})");
}

TEST(CloudEventTest, RefusesWhatIsTooLarge) {
    Event event = sample();
    event.data = '"' + std::string(kDataBytesMax - 2, 'x') + '"';
    EXPECT_TRUE(decode(encode(event)));
    event.data.insert(1, "x");
    EXPECT_EQ(fault_of(event), "too much data");
    EXPECT_FALSE(decode(encode(event)));
    EXPECT_FALSE(decode(std::string(kCloudEventBytesMax + 1, ' ')));
}

TEST(EventTest, KeepsEverySizeWithinItsBound) {
    const auto fault_with = [](std::string Event::*member, std::size_t size) {
        Event event = sample();
        event.*member = std::string(size, 'a');
        return std::string(fault_of(event));
    };
    EXPECT_EQ(fault_with(&Event::id, kIdBytesMax), "");
    EXPECT_EQ(fault_with(&Event::id, kIdBytesMax + 1), "bad id");
    EXPECT_EQ(fault_with(&Event::source, kSourceBytesMax + 1), "bad source");
    EXPECT_EQ(fault_with(&Event::type, kTypeBytesMax), "");
    EXPECT_EQ(fault_with(&Event::type, kTypeBytesMax + 1), "bad type");
    EXPECT_EQ(fault_with(&Event::subject, kSubjectBytesMax + 1), "bad subject");
    EXPECT_EQ(fault_with(&Event::trace_parent, kTraceBytesMax + 1), "bad trace_parent");
}

TEST(EventTest, OrdersBySourceAndSubject) {
    Event a = sample(), b = sample();
    EXPECT_EQ(order_key(a), order_key(b));
    b.source = "users";
    EXPECT_NE(order_key(a), order_key(b));
    b.subject.clear();
    EXPECT_EQ(order_key(b), "");
}

}  // namespace
}  // namespace gatehouse::events

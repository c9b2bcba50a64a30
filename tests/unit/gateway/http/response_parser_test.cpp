#include "gateway/http/response_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/gateway/http/conversation.hpp"

namespace gatehouse::http {
namespace {

using testing::byte_by_byte;
using testing::converse_upstream;
using ::testing::ElementsAre;
using testing::whole;

class ResponseParserTest : public ::testing::Test {
protected:
    const ResponseHead& parse(std::string text, bool request_was_head = false) {
        buffer_ = std::move(text);
        ResponseParser parser(limits_);
        result_ = parser.parse(buffer_, request_was_head, head_);
        return head_;
    }
    Limits limits_;
    std::string buffer_;
    ResponseHead head_;
    ParseResult result_;
};

TEST_F(ResponseParserTest, ReadsAResponse) {
    parse(
        "HTTP/1.1 404 Not Found\r\nContent-Type: a/b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: "
        "2\r\n\r\nhi");
    ASSERT_EQ(result_.status, ParseStatus::complete);
    EXPECT_EQ(result_.consumed, buffer_.size() - 2);
    EXPECT_EQ(head_.status, 404);
    EXPECT_EQ(head_.framing, Framing::length);
    EXPECT_TRUE(head_.keep_alive);
    EXPECT_THAT(head_.fields,
                ElementsAre(Field{"content-type", "a/b"}, Field{"set-cookie", "a=1"}, Field{"set-cookie", "b=2"}));
}

TEST_F(ResponseParserTest, KeepsTheLengthThatAnAnswerToHeadNames) {
    parse("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", true);
    EXPECT_EQ(head_.framing, Framing::none);
    EXPECT_TRUE(head_.has_content_length);
    EXPECT_EQ(head_.content_length, 7u);
    EXPECT_TRUE(head_.keep_alive);
}

TEST_F(ResponseParserTest, RemovesWhatWasMeantForThisHop) {
    parse(
        "HTTP/1.1 200 OK\r\nConnection: X-Int\r\nX-Int: secret\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: "
        "Basic\r\n"
        "Trailer: X-T\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n");
    EXPECT_THAT(head_.fields, ElementsAre(Field{"x", "y"}));
}

struct ResponseRow {
    const char* name;
    const char* text;
    const char* verdict;
};

const ResponseRow kResponses[] = {

    {"WithoutReason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 length 0"},
    {"WithoutTheSpaceOfTheReason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 length 0"},
    {"ReasonOfObsText", "HTTP/1.1 200 \xc3\xa9t\xc3\xa9\r\nContent-Length: 0\r\n\r\n", "200 length 0"},
    {"Http10ClosesByDefault", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 length 2 close"},
    {"Http10KeepAlive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", "200 length 2"},
    {"UntilClose", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nhello", "200 until_close 5 close"},
    {"Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n", "200 chunked 2"},
    {"InterimThenFinal",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
     "100; 103; 200 length 0"},
    {"NoContent", "HTTP/1.1 204 No Content\r\n\r\n", "204"},
    {"NoContentOfLengthZero", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "204"},
    {"NoContentButChunked", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "204 close"},
    {"NotModifiedWithLength", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "304"},
    {"UpgradeNobodyAskedFor", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "502 unexpected_upgrade"},
    {"Http2", "HTTP/2 200 OK\r\n\r\n", "502 bad_status_line"},
    {"Http09", "HTTP/0.9 200 OK\r\n\r\n", "502 bad_status_line"},
    {"Junk", "hello\r\n\r\n", "502 bad_status_line"},
    {"EmptyLineFirst", "\r\nHTTP/1.1 200 OK\r\n\r\n", "502 bad_status_line"},
    {"TwoSpaces", "HTTP/1.1  200 OK\r\n\r\n", "502 bad_status_line"},
    {"FourDigits", "HTTP/1.1 2000 OK\r\n\r\n", "502 bad_status_line"},
    {"Status600", "HTTP/1.1 600 Odd\r\n\r\n", "502 bad_status"},
    {"BareLf", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "502 bare_lf"},
    {"BareCr", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "502 bare_cr"},
    {"SameLengthTwice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1",
     "502 duplicate_content_length"},
    {"LengthAsList", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n1", "502 bad_content_length"},
    {"GzipChunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "502 bad_transfer_encoding"},
    {"BadName", "HTTP/1.1 200 OK\r\nX(): 1\r\n\r\n", "502 bad_header_name"},
    {"BadConnection", "HTTP/1.1 200 OK\r\nConnection: a b\r\n\r\n", "502 bad_connection_options"},
    {"FramingAlias", "HTTP/1.1 200 OK\r\nContent_Length: 1\r\n\r\n", "502 ambiguous_field_name"},
    {"Poison", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "200 length 0; 502 left_over"}};

TEST(Responses, AreReadAsTheTableSays) {
    for (const ResponseRow& row : kResponses) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(converse_upstream(row.text, false, whole()), row.verdict);
        EXPECT_EQ(converse_upstream(row.text, false, byte_by_byte()), row.verdict);
    }
}

TEST_F(ResponseParserTest, BoundsTheNumberOfFields) {
    limits_.header_count = 2;
    EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n").fields.size(), 2u);
    parse("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n");
    EXPECT_EQ(result_.failure.status, 502);
    EXPECT_EQ(result_.failure.reason, "too_many_fields");
}

TEST_F(ResponseParserTest, ForgetsThePreviousResponse) {
    parse("HTTP/1.0 200 OK\r\nA: 1\r\nContent-Length: 7\r\n\r\n");
    parse("HTTP/1.1 304 Not Modified\r\n\r\n");
    EXPECT_EQ(head_.status, 304);
    EXPECT_FALSE(head_.has_content_length);
    EXPECT_EQ(head_.content_length, 0u);
    EXPECT_TRUE(head_.keep_alive);
    EXPECT_TRUE(head_.fields.empty());
}

}  // namespace
}  // namespace gatehouse::http

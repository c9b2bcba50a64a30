#include "gateway/http/request_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/gateway/http/conversation.hpp"

namespace gatehouse::http {
namespace {

using testing::byte_by_byte;
using testing::converse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::whole;

// Owns the buffer that the head points into.
class RequestParserTest : public ::testing::Test {
protected:
    std::string refusal(std::string text) {
        parse(std::move(text));
        return result_.status == ParseStatus::failed
                   ? std::to_string(result_.failure.status) + " " + std::string(result_.failure.reason)
                   : "none";
    }
    const RequestHead& parse(std::string text) {
        buffer_ = std::move(text);
        RequestParser parser(limits_, security_, encoded_slash_);
        result_ = parser.parse(buffer_, head_);
        return head_;
    }
    const RequestHead& get_with(const std::string& fields) {
        return parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }
    const RequestHead& get_target(const std::string& target) {
        return parse("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    Limits limits_;
    ConnectionSecurity security_ = ConnectionSecurity::plain;
    EncodedSlash encoded_slash_ = EncodedSlash::refuse;
    std::string buffer_;
    RequestHead head_;
    ParseResult result_;
};

TEST_F(RequestParserTest, ReadsARequest) {
    parse(
        "POST /a/b?c=d HTTP/1.1\r\nHost: Gw.Test:8080\r\nX-One: 1\r\nContent-Length: 3\r\nACCEPT:  */* \t\r\n\r\nabc");
    ASSERT_EQ(result_.status, ParseStatus::complete);
    EXPECT_EQ(result_.consumed, buffer_.size() - 3);
    EXPECT_EQ(head_.method, "POST");
    EXPECT_EQ(head_.path, "/a/b");
    EXPECT_TRUE(head_.has_query);
    EXPECT_EQ(head_.query, "c=d");
    EXPECT_EQ(head_.authority, "gw.test:8080");
    EXPECT_EQ(head_.framing, Framing::length);
    EXPECT_EQ(head_.content_length, 3u);
    EXPECT_THAT(head_.fields, ElementsAre(Field{"x-one", "1"}, Field{"accept", "*/*"}));
}

TEST_F(RequestParserTest, ForgetsThePreviousRequest) {
    parse("POST /?q HTTP/1.0\r\nHost: a\r\nX-A: 1\r\nContent-Length: 3\r\n\r\n");
    parse("GET /x HTTP/1.1\r\nHost: b\r\n\r\n");
    EXPECT_FALSE(head_.has_query);
    EXPECT_EQ(head_.framing, Framing::none);
    EXPECT_EQ(head_.content_length, 0u);
    EXPECT_TRUE(head_.keep_alive);
    EXPECT_EQ(head_.minor_version, 1);
    EXPECT_THAT(head_.fields, IsEmpty());
}

TEST_F(RequestParserTest, LeavesAnIncompleteHeadUntouched) {
    const std::string text = "GET /%41 HTTP/1.1\r\nHost: UPPER\r\n";
    parse(text);
    EXPECT_EQ(result_.status, ParseStatus::need_more);
    EXPECT_EQ(buffer_, text);
}

TEST_F(RequestParserTest, GoesOnWhenTheBufferHasMoved) {
    RequestParser parser(limits_);
    std::string first = "GET /x HTTP/1.1\r\nHost";
    ASSERT_EQ(parser.parse(first, head_).status, ParseStatus::need_more);
    std::string second = first + ": a\r\n\r\n";
    ASSERT_EQ(parser.parse(second, head_).status, ParseStatus::complete);
    EXPECT_EQ(head_.authority, "a");
}

TEST_F(RequestParserTest, SkipsOneEmptyLineAndCountsIt) {
    parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(result_.status, ParseStatus::complete);
    EXPECT_EQ(result_.consumed, buffer_.size());
    EXPECT_EQ(refusal("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "400 bad_method");
    EXPECT_EQ(refusal("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"), "400 bare_cr");
}

TEST_F(RequestParserTest, RefusesThePrefaceOfHttp2) {
    EXPECT_EQ(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505 version_not_supported");
}

struct TargetRow {
    const char* name;
    const char* request_line;
    const char* verdict;
};

const TargetRow kTargets[] = {
    {"Root", "GET /", "GET /"},  //
    {"EmptyQuery", "GET /x?", "GET /x?"},
    {"QueryKeepsQuestionMarks", "GET /x??a?b", "GET /x??a?b"},
    {"QueryMayHoldWhatBrowsersSend", "GET /x?a[]={\"b\"}|^\\`<>", "GET /x?a[]={\"b\"}|^\\`<>"},
    {"QueryHasNoFragment", "GET /x?a#b", "400 bad_query_character"},
    {"DoubleSlashIsNoAuthority", "GET //evil.test/x", "GET /evil.test/x"},
    {"Relative", "GET x", "400 bad_target"},
    {"RelativeWithQuery", "GET ?x", "400 bad_target"},
    {"AbsoluteWithoutPath", "GET http://gw.test", "GET /"},
    {"AbsoluteWithQueryOnly", "GET http://gw.test?a", "GET /?a"},
    {"AbsoluteSchemeIgnoresCase", "GET HTTP://gw.test/x", "GET /x"},
    {"AbsoluteIsNormalisedToo", "GET http://gw.test/a/../%70", "GET /p"},
    {"AbsoluteOtherScheme", "GET ftp://gw.test/x", "400 bad_scheme"},
    {"AbsoluteBadPort", "GET http://gw.test:x/", "400 bad_authority"},
    {"OptionsAsterisk", "OPTIONS *", "OPTIONS *"},
    {"OptionsAbsoluteWithoutPath", "OPTIONS http://gw.test", "OPTIONS *"},
    {"OptionsAbsoluteRoot", "OPTIONS http://gw.test/", "OPTIONS /"},
    {"AsteriskForPost", "POST *", "400 asterisk_form"},
    {"AsteriskWithMore", "OPTIONS *x", "400 bad_target"},
    {"ConnectWithPath", "CONNECT /x", "501 connect_not_supported"},
    {"MethodIsCaseSensitive", "get /x", "get /x"},
    {"MethodOfTokenCharacters", "M-SEARCH /x", "M-SEARCH /x"},
    {"MethodWithSeparator", "GE(T /x", "400 bad_method"},
    {"TabInsteadOfSpace", "GET\t/x", "400 bad_method"}};

TEST(TargetForms, AreReadAsTheTableSays) {
    for (const TargetRow& row : kTargets) {
        SCOPED_TRACE(row.name);
        const std::string text = std::string(row.request_line) + " HTTP/1.1\r\nHost: gw.test\r\n\r\n";
        EXPECT_EQ(converse(text, whole()), row.verdict);
        EXPECT_EQ(converse(text, byte_by_byte()), row.verdict);
    }
}

TEST_F(RequestParserTest, LetsTheAuthorityOfTheTargetWin) {
    EXPECT_EQ(parse("GET http://One.test/ HTTP/1.1\r\nHost: two.test\r\n\r\n").authority, "one.test");
    EXPECT_EQ(refusal("GET http://one.test/ HTTP/1.1\r\n\r\n"), "400 missing_host");
    EXPECT_EQ(refusal("GET http://one.test/ HTTP/1.1\r\nHost: a,b\r\n\r\n"), "400 bad_host");
}

TEST_F(RequestParserTest, WantsTheSchemeOfTheConnection) {
    security_ = ConnectionSecurity::tls;
    EXPECT_EQ(get_target("https://a/x").path, "/x");
    EXPECT_EQ(refusal("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n"), "400 scheme_mismatch");
}

TEST_F(RequestParserTest, KeepsAnEncodedSlashOnlyIfAsked) {
    EXPECT_EQ(refusal("GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n"), "400 encoded_slash");
    encoded_slash_ = EncodedSlash::keep;
    EXPECT_EQ(get_target("/a%2fb").path, "/a%2Fb");
    EXPECT_TRUE(head_.has_encoded_slash);
    EXPECT_FALSE(get_target("/a").has_encoded_slash);
}

TEST_F(RequestParserTest, ServesHttp10WithoutHost) {
    const RequestHead& head = parse("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(result_.status, ParseStatus::complete);
    EXPECT_EQ(head.minor_version, 0);
    EXPECT_EQ(head.authority, "");
    EXPECT_EQ(refusal("GET / HTTP/1.0\r\nHost:\r\n\r\n"), "400 bad_host");
    EXPECT_EQ(refusal("GET /\r\n\r\n"), "400 bad_request_line");
    EXPECT_EQ(refusal("GET / HTTP/0.9\r\n\r\n"), "505 version_not_supported");
}

TEST_F(RequestParserTest, KnowsWhetherTheConnectionStays) {
    EXPECT_TRUE(get_with("").keep_alive);
    EXPECT_FALSE(get_with("Connection: Close\r\n").keep_alive);
    EXPECT_FALSE(get_with("Connection: keep-alive, close\r\n").keep_alive);
    EXPECT_FALSE(get_with("Connection: keep-alive\r\nConnection: close\r\n").keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\nHost: a\r\n\r\n").keep_alive);
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
}

TEST_F(RequestParserTest, RemovesHopByHopFields) {
    get_with(
        "TE: trailers\r\nTrailer: X-T\r\nUpgrade: websocket\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\n"
        "Proxy-Authorization: Basic eA==\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\nX: "
        "y\r\n");
    EXPECT_THAT(head_.fields, ElementsAre(Field{"x", "y"}));
}

TEST_F(RequestParserTest, RemovesWhatConnectionNamesWhereverItStands) {
    get_with("X-Before: 1\r\nConnection: x-after , X-BEFORE,, keep-alive\r\nX-After: 2\r\nX-Before: 3\r\nX: y\r\n");
    EXPECT_THAT(head_.fields, ElementsAre(Field{"x", "y"}));
    EXPECT_TRUE(head_.keep_alive);
}

TEST_F(RequestParserTest, LetsNobodyTakeOutFieldsThatOthersDecideBy) {
    get_with(
        "Connection: Authorization, Cookie, X-Forwarded-For, Host, Content-Length, Via\r\nAuthorization: a\r\n"
        "Cookie: b=c\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 5\r\nVia: 1.1 x\r\n");
    EXPECT_EQ(head_.fields.size(), 4u);
    EXPECT_EQ(head_.content_length, 5u);
    EXPECT_EQ(head_.authority, "a");
}

TEST_F(RequestParserTest, RefusesBadConnectionOptions) {
    const auto with_options = [](int count, const std::string& option) {
        std::string fields = "Connection: " + option;
        for (int i = 1; i < count; ++i) fields += "," + option;
        return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n";
    };
    EXPECT_EQ(refusal(with_options(8, "x")), "none");
    EXPECT_EQ(refusal(with_options(9, "x")), "400 bad_connection_options");
    EXPECT_EQ(refusal(with_options(32, "close")), "none");
    EXPECT_EQ(refusal(with_options(33, "close")), "400 bad_connection_options");
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n"), "400 bad_connection_options");
}

TEST_F(RequestParserTest, RefusesSecondLinesOfSingletons) {
    for (const char* name :
         {"Authorization", "Cookie", "Content-Type", "Origin", "Idempotency-Key", "Range", "Max-Forwards"}) {
        const std::string line = std::string(name) + ": 1\r\n";
        EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\n" + line + line + "\r\n"), "400 duplicate_field") << name;
    }
    EXPECT_EQ(get_with("Accept: a\r\nAccept: b\r\n").fields.size(), 2u);
}

TEST_F(RequestParserTest, RefusesNamesThatReadAsFramingElsewhere) {
    for (const char* name : {"Content_Length", "content.length", "Transfer_Encoding", "TRANSFER.ENCODING"}) {
        EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(name) + ": 5\r\n\r\n"),
                  "400 ambiguous_field_name");
    }
    EXPECT_EQ(get_with("X_Content_Length: 5\r\n").fields.size(), 1u);
}

TEST_F(RequestParserTest, ExpectsContinueOnlyBeforeABody) {
    EXPECT_TRUE(get_with("Expect: 100-Continue\r\nContent-Length: 1\r\n").expects_continue);
    EXPECT_THAT(head_.fields, IsEmpty());
    EXPECT_TRUE(get_with("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n").expects_continue);
    EXPECT_FALSE(get_with("Expect: 100-continue\r\n").expects_continue);
    EXPECT_FALSE(get_with("Expect: 100-continue\r\nContent-Length: 0\r\n").expects_continue);
    EXPECT_FALSE(parse("POST / HTTP/1.0\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n").expects_continue);
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\n\r\n"), "417 unknown_expectation");
    EXPECT_EQ(refusal("POST / HTTP/1.1\r\nHost: a\r\nExpect:\r\n\r\n"), "417 unknown_expectation");
}

struct FramingRow {
    const char* name;
    const char* fields;
    const char* verdict;
};

const FramingRow kFramings[] = {

    {"None", "", "POST /"},  //
    {"Zero", "Content-Length: 0\r\n", "POST / length 0"},
    {"LeadingZeros", "Content-Length: 000000000000000000000000\r\n", "POST / length 0"},
    {"SameLengthTwice", "Content-Length: 5\r\nContent-Length: 5\r\n", "400 duplicate_content_length"},
    {"SameLengthAsList", "Content-Length: 5, 5\r\n", "400 bad_content_length"},
    {"EmptyLength", "Content-Length:\r\n", "400 bad_content_length"},
    {"HexLength", "Content-Length: 0x5\r\n", "400 bad_content_length"},
    {"LengthOf19Digits", "Content-Length: 1000000000000000000\r\n", "413 body_too_large"},
    {"ZeroAndChunked", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "400 length_and_chunked"},
    {"ChunkedIgnoresCase", "Transfer-Encoding: CHUNKED\r\n", "POST / chunked incomplete body"},
    {"Gzip", "Transfer-Encoding: gzip\r\n", "400 bad_transfer_encoding"},
    {"GzipChunked", "Transfer-Encoding: gzip, chunked\r\n", "501 bad_transfer_encoding"},
    {"Identity", "Transfer-Encoding: identity\r\n", "400 bad_transfer_encoding"},
    {"ChunkedAndMore", "Transfer-Encoding: xchunked\r\n", "400 bad_transfer_encoding"},
    {"VerticalTab",
     "Transfer-Encoding: \x0b"
     "chunked\r\n",
     "400 control_character"},
    {"ChunkedThenGzipLine", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
     "400 duplicate_transfer_encoding"}};

TEST(RequestFraming, IsDecidedAsTheTableSays) {
    for (const FramingRow& row : kFramings) {
        SCOPED_TRACE(row.name);
        const std::string text = std::string("POST / HTTP/1.1\r\nHost: a\r\n") + row.fields + "\r\n";
        EXPECT_EQ(converse(text, whole()), row.verdict);
    }
}

TEST_F(RequestParserTest, RefusesChunkedInHttp10) {
    EXPECT_EQ(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), "400 chunked_in_http10");
}

TEST_F(RequestParserTest, BoundsTheRequestLine) {
    const std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::size_t fixed = std::string_view("GET / HTTP/1.1").size();
    const std::string longest = "GET /" + std::string(limits_.request_line_bytes - fixed, 'a') + rest;
    EXPECT_EQ(refusal(longest), "none");
    const std::string longer = "GET /" + std::string(limits_.request_line_bytes - fixed + 1, 'a') + rest;
    EXPECT_EQ(refusal(longer), "414 request_line_too_long");
    EXPECT_EQ(converse(longer, byte_by_byte()), "414 request_line_too_long");
    EXPECT_EQ(refusal(std::string(limits_.request_line_bytes + 2, 'A')), "414 request_line_too_long");
}

TEST_F(RequestParserTest, BoundsTheHead) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    const std::string end = "\r\n\r\n";
    const std::string largest = start + std::string(limits_.header_bytes - start.size() - end.size(), 'x') + end;
    EXPECT_EQ(refusal(largest), "none");
    const std::string larger = start + std::string(limits_.header_bytes - start.size() - end.size() + 1, 'x') + end;
    EXPECT_EQ(refusal(larger), "431 head_too_large");
    EXPECT_EQ(converse(larger, byte_by_byte()), "431 head_too_large");
}

TEST_F(RequestParserTest, BoundsTheNumberOfFields) {
    std::string fields;
    for (std::size_t i = 1; i < limits_.header_count; ++i) fields += "X: y\r\n";
    EXPECT_EQ(get_with(fields).fields.size(), limits_.header_count - 1);
    get_with(fields + "X: y\r\n");
    EXPECT_EQ(result_.failure.status, 431);
    EXPECT_EQ(result_.failure.reason, "too_many_fields");
}

TEST_F(RequestParserTest, BoundsTheAnnouncedBody) {
    limits_.body_bytes = 5;
    EXPECT_EQ(get_with("Content-Length: 5\r\n").content_length, 5u);
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n"), "413 body_too_large");
    limits_.body_bytes = 0;
    EXPECT_EQ(get_with("Content-Length: 999999999999999999\r\n").content_length, 999999999999999999u);
}

TEST_F(RequestParserTest, WritesWhatItReads) {
    parse("POST http://A.test/x/../y%7e?q=%zz HTTP/1.1\r\nHost: b\r\nX-A: 1\r\nContent-Length: 7\r\nX-A: 2\r\n\r\n");
    EXPECT_EQ(testing::serialize(head_),
              "POST /y~?q=%zz HTTP/1.1\r\nhost: a.test\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 7\r\n\r\n");
}

TEST_F(RequestParserTest, DoesNotAllocateOnceItHasSeenARequest) {
    const std::string text = "GET /a HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n";
    parse(text);
    const Field* const storage = head_.fields.data();
    parse(text);
    EXPECT_EQ(head_.fields.data(), storage);
}

}  // namespace
}  // namespace gatehouse::http

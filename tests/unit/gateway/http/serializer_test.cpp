#include "gateway/http/serializer.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gatehouse::http {
namespace {

TEST(SerializerTest, WritesARequestHead) {
    std::string out;
    append_request_line(out, "POST", "/a", true, "b=c");
    append_field(out, "host", "gw.test");
    append_number_field(out, "content-length", std::numeric_limits<std::uint64_t>::max());
    end_head(out);
    EXPECT_EQ(out, "POST /a?b=c HTTP/1.1\r\nhost: gw.test\r\ncontent-length: 18446744073709551615\r\n\r\n");
}

TEST(SerializerTest, KeepsAnEmptyQueryApartFromNone) {
    std::string out;
    append_request_line(out, "GET", "/", true, "");
    append_request_line(out, "GET", "/", false, "");
    EXPECT_EQ(out, "GET /? HTTP/1.1\r\nGET / HTTP/1.1\r\n");
}

TEST(SerializerTest, WritesStatusLines) {
    std::string out;
    append_status_line(out, 200);
    append_status_line(out, 418);
    append_status_line(out, 503);
    EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nHTTP/1.1 418 \r\nHTTP/1.1 503 Service Unavailable\r\n");
}

TEST(SerializerTest, WritesChunks) {
    std::string out;
    append_chunk_start(out, 255);
    out.append("...").append(kChunkEnd).append(kLastChunk);
    EXPECT_EQ(out, "ff\r\n...\r\n0\r\n\r\n");
}

TEST(SerializerTest, TellsTokens) {
    EXPECT_TRUE(is_token("X-Token_1.2~!#$%&'*+^`|"));
    for (const char* text : {"", "a b", "a:", "a\t", "(a)", "a/b", "\"a\"", "a,b", "\x80", "a\r", "{", "a=b", "a@b"}) {
        EXPECT_FALSE(is_token(text)) << text;
    }
    EXPECT_FALSE(is_token(std::string_view("a\0b", 3)));
}

TEST(SerializerTest, TellsFieldValues) {
    EXPECT_TRUE(is_field_value(""));
    EXPECT_TRUE(is_field_value("a\tb \x80\xff~"));
    const std::string longer(40, 'x');  // beyond one step of sixteen octets
    for (const char control : {'\0', '\x01', '\n', '\x0b', '\r', '\x1f', '\x7f'}) {
        EXPECT_FALSE(is_field_value(control + longer)) << int{control};
        EXPECT_FALSE(is_field_value(longer + control)) << int{control};
    }
}

}  // namespace
}  // namespace gatehouse::http

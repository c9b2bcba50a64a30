#include "gateway/http/body_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/gateway/http/conversation.hpp"

namespace gatehouse::http {
namespace {

using testing::byte_by_byte;
using testing::random_pieces;
using testing::Splitter;
using testing::whole;

struct Decoded {
    std::string payload;
    std::string end;       // "done", "more", or "400 reason"
    std::size_t used = 0;  // octets of the input
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(BodyDecoder decoder, std::string_view octets, const Splitter& splitter) {
    Decoded result;
    while (!decoder.done() && !octets.empty()) {
        std::string_view piece = octets.substr(0, splitter(octets.size()));
        octets.remove_prefix(piece.size());
        while (!decoder.done() && !piece.empty()) {
            const BodyDecoder::Step step = decoder.next(piece);
            if (step.state == BodyDecoder::State::failed) {
                result.end = std::to_string(step.failure.status) + " " + std::string(step.failure.reason);
                return result;
            }
            result.payload += step.data;
            result.used += step.consumed;
            piece.remove_prefix(step.consumed);
        }
    }
    result.end = decoder.done() ? "done" : "more";
    return result;
}

struct ChunkedRow {
    const char* name;
    const char* octets;
    const char* payload;
    const char* end;
};

const ChunkedRow kChunkedBodies[] = {
    {"Empty", "0\r\n\r\n", "", "done"},  //
    {"One", "5\r\nhello\r\n0\r\n\r\n", "hello", "done"},
    {"Two", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc", "done"},
    {"DataMayLookLikeFraming", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n", "done"},
    {"HexOfBothCases", "00a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789", "done"},
    {"SixteenDigits", "0000000000000001\r\na\r\n0000000000000000\r\n\r\n", "a", "done"},
    {"SeventeenDigits", "00000000000000001\r\na\r\n", "", "400 chunk_size_overflow"},
    {"LargestSize", "ffffffffffffffff\r\n", "", "413 body_too_large"},
    {"NoDigits", "\r\n", "", "400 bad_chunk_size"},
    {"Prefix0x", "0x5\r\nhello\r\n", "", "400 bad_chunk_size"},
    {"SpaceBehindSize", "5 \r\nhello\r\n", "", "400 bad_chunk_size"},
    {"TabBehindSize", "5\t\r\nhello\r\n", "", "400 bad_chunk_size"},
    {"ExtensionName", "5;a\r\nhello\r\n0;b\r\n\r\n", "hello", "done"},
    {"ExtensionToken", "5;a=b;c=d\r\nhello\r\n0\r\n\r\n", "hello", "done"},
    {"ExtensionQuoted", "5;a=\"b; \\\" \\\\\";c\r\nhello\r\n0\r\n\r\n", "hello", "done"},
    {"ExtensionWithoutValue", "5;a=\r\nhello", "", "400 bad_chunk_extension"},
    {"ExtensionWithSpace", "5;a =b\r\nhello", "", "400 bad_chunk_extension"},
    {"ExtensionQuotedWithMore", "5;a=\"b\"c\r\nhello", "", "400 bad_chunk_extension"},
    {"ExtensionQuotedPairOfLf", "5;a=\"\\\n\"\r\nhello", "", "400 bad_chunk_extension"},
    {"SizeEndsInLf", "5\nhello", "", "400 bad_chunk_size"},
    {"SizeEndsInCr", "5\rhello", "", "400 bare_cr"},
    {"DataTooLong", "5\r\nhello!\r\n0\r\n\r\n", "hello", "400 bad_chunk_end"},
    {"DataEndsInLf", "5\r\nhello\n0\r\n\r\n", "hello", "400 bad_chunk_end"},
    {"DataEndsInCr", "5\r\nhello\r0\r\n\r\n", "hello", "400 bare_cr"},
    {"LastChunkEndsInLf", "0\r\n\n", "", "400 bad_trailer"},
    {"Trailers", "0\r\nX-A: b\r\nY:\r\n\r\n", "", "done"},
    {"TrailerWithoutColon", "0\r\nX\r\n\r\n", "", "400 bad_trailer"},
    {"TrailerWithoutName", "0\r\n: x\r\n\r\n", "", "400 bad_trailer"},
    {"TrailerWithControl", "0\r\nX: \x01\r\n\r\n", "", "400 bad_trailer"},
    {"TrailerFolded", "0\r\nX: a\r\n b\r\n\r\n", "", "400 bad_trailer"},
    {"TrailerEndsInCr", "0\r\nX: a\rY: b\r\n\r\n", "", "400 bare_cr"},
    {"CutInTheSize", "5", "", "more"},
    {"CutInTheData", "5\r\nhel", "hel", "more"},
    {"CutBehindTheLastChunk", "0\r\n", "", "more"}};

Decoded decode_chunked(std::string_view octets, const Splitter& splitter) {
    const Limits limits;
    return decode(BodyDecoder(Framing::chunked, 0, limits, 1000), octets, splitter);
}

TEST(ChunkedBodies, AreReadAsTheTableSays) {
    for (const ChunkedRow& row : kChunkedBodies) {
        SCOPED_TRACE(row.name);
        const Decoded decoded = decode_chunked(row.octets, whole());
        EXPECT_EQ(decoded.payload, row.payload);
        EXPECT_EQ(decoded.end, row.end);
    }
}

TEST(ChunkedBodies, MeanTheSameInPiecesOfAnySize) {
    for (const ChunkedRow& row : kChunkedBodies) {
        SCOPED_TRACE(row.name);
        const Decoded decoded = decode_chunked(row.octets, whole());
        const Decoded bytewise = decode_chunked(row.octets, byte_by_byte());
        EXPECT_EQ(bytewise.payload, decoded.payload);
        EXPECT_EQ(bytewise.end, decoded.end);
        for (unsigned seed = 1; seed < 8; ++seed) {
            const Decoded pieces = decode_chunked(row.octets, random_pieces(seed));
            EXPECT_EQ(pieces.payload, decoded.payload);
            EXPECT_EQ(pieces.end, decoded.end);
        }
    }
}

TEST(BodyDecoderTest, UsesNothingBehindTheBody) {
    const Limits limits;
    const Decoded decoded =
        decode(BodyDecoder(Framing::chunked, 0, limits, 0), "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1", whole());
    EXPECT_EQ(decoded, (Decoded{"a", "done", 11}));
    EXPECT_EQ(decode(BodyDecoder(Framing::length, 3, limits, 0), "abcGET", whole()), (Decoded{"abc", "done", 3}));
}

TEST(BodyDecoderTest, HasNothingToDoWithoutABody) {
    const Limits limits;
    EXPECT_TRUE(BodyDecoder().done());
    EXPECT_TRUE(BodyDecoder(Framing::none, 0, limits, 0).done());
    EXPECT_TRUE(BodyDecoder(Framing::length, 0, limits, 0).done());
    BodyDecoder decoder(Framing::none, 0, limits, 0);
    EXPECT_EQ(decoder.next("x").consumed, 0u);
    EXPECT_EQ(decoder.next("x").state, BodyDecoder::State::done);
}

TEST(BodyDecoderTest, SaysMoreToNothing) {
    const Limits limits;
    for (const Framing framing : {Framing::length, Framing::chunked, Framing::until_close}) {
        BodyDecoder decoder(framing, 5, limits, 0);
        EXPECT_EQ(decoder.next("").state, BodyDecoder::State::more);
    }
}

TEST(BodyDecoderTest, BoundsThePayload) {
    const Limits limits;
    EXPECT_EQ(decode(BodyDecoder(Framing::length, 6, limits, 5), "hello!", whole()).end, "413 body_too_large");
    EXPECT_EQ(decode(BodyDecoder(Framing::length, 5, limits, 5), "hello", whole()).end, "done");
    const char* const two_chunks = "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n";
    EXPECT_EQ(decode(BodyDecoder(Framing::chunked, 0, limits, 5), two_chunks, whole()).end, "413 body_too_large");
    EXPECT_EQ(decode(BodyDecoder(Framing::chunked, 0, limits, 6), two_chunks, whole()).end, "done");
    EXPECT_EQ(decode(BodyDecoder(Framing::until_close, 0, limits, 5), "hello!", byte_by_byte()).end,
              "413 body_too_large");
    EXPECT_EQ(decode(BodyDecoder(Framing::chunked, 0, limits, 0), "8000000000000000\r\n", whole()).end,
              "413 body_too_large");
    EXPECT_EQ(decode(BodyDecoder(Framing::chunked, 0, limits, 0), "7fffffffffffffff\r\nabc", whole()).end, "more");
}

TEST(BodyDecoderTest, GoesOnFailing) {
    const Limits limits;
    BodyDecoder decoder(Framing::chunked, 0, limits, 0);
    EXPECT_EQ(decoder.next("x").state, BodyDecoder::State::failed);
    EXPECT_EQ(decoder.next("0\r\n\r\n").state, BodyDecoder::State::failed);
    EXPECT_FALSE(decoder.done());
}

TEST(BodyDecoderTest, BoundsChunkLinesAndTrailers) {
    const Limits limits;
    const auto end_of = [&](const std::string& octets) {
        const Decoded decoded = decode(BodyDecoder(Framing::chunked, 0, limits, 0), octets, whole());
        EXPECT_EQ(decode(BodyDecoder(Framing::chunked, 0, limits, 0), octets, byte_by_byte()).end, decoded.end);
        return decoded.end;
    };
    EXPECT_EQ(end_of("0;" + std::string(limits.chunk_line_bytes - 2, 'a') + "\r\n\r\n"), "done");
    EXPECT_EQ(end_of("0;" + std::string(limits.chunk_line_bytes - 1, 'a') + "\r\n\r\n"), "400 chunk_line_too_long");
    EXPECT_EQ(end_of("0\r\n" + std::string(limits.trailer_bytes, 'a') + ":\r\n\r\n"), "400 trailers_too_large");
    std::string small_chunks;
    for (int i = 0; i < 1000; ++i) small_chunks += "1;extension\r\nx\r\n";
    EXPECT_EQ(end_of(small_chunks), "400 chunk_extensions_too_large");
    std::string signed_chunks;
    for (int i = 0; i < 1000; ++i)
        signed_chunks += "64;signature=" + std::string(64, 'f') + "\r\n" + std::string(100, 'x') + "\r\n";
    EXPECT_EQ(end_of(signed_chunks + "0\r\n\r\n"), "done");
}

}  // namespace
}  // namespace gatehouse::http

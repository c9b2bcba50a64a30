#include <gatehouse/multipart.hpp>

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include <gatehouse/problem.hpp>

namespace {

using gatehouse::MultipartLimits;
using gatehouse::MultipartParser;
using gatehouse::MultipartPart;

struct Collector final : gatehouse::MultipartSink {
    void on_part(const MultipartPart& part) override {
        text += "[" + part.name + (part.filename ? "|" + *part.filename : "") +
                (part.content_type.empty() ? "" : "|" + part.content_type) + ":";
    }
    void on_data(std::string_view bytes) override {
        EXPECT_FALSE(bytes.empty());
        text += bytes;
    }
    void on_part_end() override { text += "]"; }
    std::string text;
};

// What came out, or "! status".
std::string parse(const std::string& body, std::size_t piece, MultipartLimits limits = {}) {
    Collector collector;
    MultipartParser parser("B", collector, limits);
    try {
        for (std::size_t at = 0; at < body.size(); at += piece) {
            parser.feed(std::string_view(body).substr(at, piece));
        }
        parser.finish();
    } catch (const gatehouse::Problem& problem) {
        return "! " + std::to_string(problem.status());
    }
    return collector.text;
}

struct Case {
    const char* name;
    std::string body, expected;
};
std::ostream& operator<<(std::ostream& out, const Case& one) { return out << one.name; }

const std::string kNamed = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";

const std::vector<Case> kCases{
    {"OnePart", "--B\r\n" + kNamed + "hello\r\n--B--\r\n", "[a:hello]"},
    {"NoLineEndAfterTheEnd", "--B\r\n" + kNamed + "hello\r\n--B--", "[a:hello]"},
    {"AnEmptyPart", "--B\r\n" + kNamed + "\r\n--B--", "[a:]"},
    {"NoParts", "--B--", ""},
    {"TwoParts", "--B\r\n" + kNamed + "1\r\n--B\r\n" + kNamed + "2\r\n--B--", "[a:1][a:2]"},
    {"APreambleAndAnEpilogue", "hi there\r\n--B\r\n" + kNamed + "1\r\n--B--\r\nbye\r\n--B\r\nx", "[a:1]"},
    {"AFile",
     "--B\r\ncontent-disposition: form-data; name=f; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n1\r\n--B--",
     "[f|x.png|image/png:1]"},
    {"AnEmptyFileName", "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n1\r\n--B--", "[f|:1]"},
    {"ANameThatIsAPath",
     "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"..\\..\\etc/passwd\"\r\n\r\n1\r\n--B--",
     "[f|..\\..\\etc/passwd:1]"},
    {"AQuoteInAName", "--B\r\nContent-Disposition: form-data; name=\"a\\\"b;c\"\r\n\r\n1\r\n--B--", "[a\"b;c:1]"},
    {"WhiteSpaceAfterADelimiter", "--B \t\r\n" + kNamed + "1\r\n--B  \r\n" + kNamed + "2\r\n--B--", "[a:1][a:2]"},
    {"ContentThatNearlyEnds", "--B\r\n" + kNamed + "\r\n-\r\n--\r\n--A\r\n\r\n--B--", "[a:\r\n-\r\n--\r\n--A\r\n]"},
    {"ContentWithTheBoundaryInALine", "--B\r\n" + kNamed + "x--B--\r\n--B--", "[a:x--B--]"},
    {"LineFeedsAlone", "--B\r\n" + kNamed + "1\n--B\n2\r\n--B--", "[a:1\n--B\n2]"},
    {"CutOffInTheContent", "--B\r\n" + kNamed + "hel", "! 400"},
    {"CutOffInTheHead", "--B\r\nContent-Dis", "! 400"},
    {"CutOffInTheLastDelimiter", "--B\r\n" + kNamed + "hello\r\n--B-", "! 400"},
    {"Nothing", "", "! 400"},
    {"NoDelimiter", "just a body", "! 400"},
    {"ADelimiterWithATail", "--B\r\n" + kNamed + "1\r\n--Bx\r\n" + kNamed + "2\r\n--B--", "! 400"},
    {"APartWithoutAHead", "--B\r\n\r\n1\r\n--B--", "! 400"},
    {"APartWithoutAName", "--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--", "! 400"},
    {"AnAttachment", "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--B--", "! 400"},
    {"TwoDispositions", "--B\r\nContent-Disposition: form-data; name=b\r\n" + kNamed + "1\r\n--B--", "! 400"},
    {"AnEncodedPart", "--B\r\nContent-Transfer-Encoding: base64\r\n" + kNamed + "MQ==\r\n--B--", "! 400"},
    {"AFieldWithoutAColon", "--B\r\nnonsense\r\n" + kNamed + "1\r\n--B--", "! 400"},
    {"AFoldedField", "--B\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\n1\r\n--B--", "! 400"},
    {"ANulInAName", std::string("--B\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n1\r\n--B--", 60), "! 400"},
    {"AQuoteWithoutAnEnd", "--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--B--", "! 400"},
    {"ANameThatIsNoUtf8", "--B\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--B--", "! 400"},
    {"ALargeHead", "--B\r\nX: " + std::string(9'000, 'x') + "\r\n" + kNamed + "1\r\n--B--", "! 413"},
    {"ALargeHeadWithoutAnEnd", "--B\r\nX: " + std::string(20'000, 'x'), "! 413"},
    {"ALargePreamble", std::string(9'000, 'x') + "\r\n--B\r\n" + kNamed + "1\r\n--B--", "! 413"},
};

class MultipartParserTest : public ::testing::TestWithParam<Case> {};

TEST_P(MultipartParserTest, ReadsTheSameWholeAndInPieces) {
    for (const std::size_t piece : {std::size_t{1'000'000}, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
        EXPECT_EQ(parse(GetParam().body, piece), GetParam().expected) << "in pieces of " << piece;
    }
}

INSTANTIATE_TEST_SUITE_P(Bodies, MultipartParserTest, ::testing::ValuesIn(kCases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(MultipartLimitsTest, HoldsToTheNumberOfParts) {
    std::string body;
    for (int i = 0; i < 3; ++i) body += "--B\r\n" + kNamed + "1\r\n";
    EXPECT_EQ(parse(body + "--B--", 1, {.parts = 3}), "[a:1][a:1][a:1]");
    EXPECT_EQ(parse(body + "--B--", 1, {.parts = 2}), "! 413");
}

TEST(MultipartLimitsTest, HoldsToTheBytesOfAHeadExactly) {
    const std::string head = "Content-Disposition: form-data; name=a";
    const std::string body = "--B\r\n" + head + "\r\n\r\n1\r\n--B--";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}}) {
        EXPECT_EQ(parse(body, piece, {.head_bytes = head.size()}), "[a:1]");
        EXPECT_EQ(parse(body, piece, {.head_bytes = head.size() - 10}), "! 413");
    }
}

TEST(MultipartBoundaryTest, IsReadFromTheContentType) {
    using gatehouse::multipart_boundary;
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b'c\""), "a b'c");
    for (const std::string& bad :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\"\""), std::string("multipart/form-data; boundary=\"a "),
          std::string("multipart/form-data; boundary=\"a \""), std::string("multipart/form-data; boundary=\"a\r\nb\""),
          "multipart/form-data; boundary=" + std::string(71, 'x')}) {
        EXPECT_THROW(static_cast<void>(multipart_boundary(bad)), gatehouse::BadRequest) << bad;
    }
}

TEST(MultipartBoundaryTest, IsAskedForOnlyOfFormData) {
    EXPECT_TRUE(gatehouse::is_multipart("multipart/form-data; boundary=x"));
    EXPECT_TRUE(gatehouse::is_multipart("MULTIPART/FORM-DATA"));
    for (const char* other : {"", "image/png", "multipart/mixed; boundary=x", "multipart/form-data-x"}) {
        EXPECT_FALSE(gatehouse::is_multipart(other)) << other;
    }
}

}  // namespace

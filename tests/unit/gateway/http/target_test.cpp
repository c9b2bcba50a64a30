#include "gateway/http/target.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http {
namespace {

// The normalised path, or "!reason".
std::string normalize(std::string path, EncodedSlash encoded_slash = EncodedSlash::refuse) {
    const NormalizedPath result = normalize_path(path, encoded_slash);
    return result.refusal.empty() ? path.substr(0, result.size) : "!" + std::string(result.refusal);
}

struct PathRow {
    const char* path;
    const char* normalized;
};

const PathRow kPaths[] = {

    {"/", "/"},
    {"/a/b", "/a/b"},
    {"/a/b/", "/a/b/"},
    {"/a!$&'()*+,;=:@-._~", "/a!$&'()*+,;=:@-._~"},
    // slashes
    {"//", "/"},
    {"///a//b///", "/a/b/"},
    {"//a", "/a"},
    // dot segments
    {"/.", "/"},
    {"/./", "/"},
    {"/a/.", "/a/"},
    {"/a/./b", "/a/b"},
    {"/a/..", "/"},
    {"/a/../", "/"},
    {"/a/b/..", "/a/"},
    {"/a/b/../c", "/a/c"},
    {"/a/b/../../c", "/c"},
    {"/a//../b", "/b"},
    {"/a/%2e%2E/b", "/b"},
    {"/a/.%2e/b", "/b"},
    {"/a/%2e/b", "/a/b"},
    {"/...", "/..."},
    {"/.well-known/x", "/.well-known/x"},
    {"/a./b", "/a./b"},
    {"/..a/b", "/..a/b"},
    {"/a/...;x", "/a/...;x"},
    {"/..", "!path_above_root"},
    {"/a/../../b", "!path_above_root"},
    {"/../a", "!path_above_root"},
    {"/%2e%2e", "!path_above_root"},
    {"/a/..;/b", "!dot_segment_with_parameters"},
    {"/a/.;x=y/b", "!dot_segment_with_parameters"},
    {"/a/%2e%2e;/b", "!dot_segment_with_parameters"},
    // escapes
    {"/%41%7a%30%2d%5f%7E", "/Az0-_~"},
    {"/a%3ab", "/a%3Ab"},
    {"/%c3%a4", "/%C3%A4"},
    {"/a%20b", "/a%20b"},
    {"/%252e%252e/", "/%252e%252e/"},
    {"/%25zz", "/%25zz"},
    {"/%", "!bad_escape"},
    {"/%4", "!bad_escape"},
    {"/%4/x", "!bad_escape"},
    {"/%g0", "!bad_escape"},
    {"/%u0041", "!bad_escape"},
    {"/%2f", "!encoded_slash"},
    {"/%2F", "!encoded_slash"},
    {"/%5c", "!encoded_backslash"},
    {"/%5C", "!encoded_backslash"},
    {"/%00", "!encoded_control"},
    {"/%0a", "!encoded_control"},
    {"/%1f", "!encoded_control"},
    {"/%7f", "!encoded_control"},
    // UTF-8
    {"/%e2%82%ac", "/%E2%82%AC"},
    {"/%f0%9f%98%80", "/%F0%9F%98%80"},
    {"/%c0%af", "!bad_utf8"},
    {"/%e0%80%af", "!bad_utf8"},
    {"/%80", "!bad_utf8"},
    {"/%c3", "!bad_utf8"},
    {"/%c3x", "!bad_utf8"},
    {"/%c3/x", "!bad_utf8"},
    {"/%c3%41", "!bad_utf8"},
    {"/%ed%a0%80", "!bad_utf8"},
    {"/%f4%90%80%80", "!bad_utf8"},
    {"/%f8%88%80%80%80", "!bad_utf8"},
    {"/%ff", "!bad_utf8"},
    // octets that no path may contain
    {"", "!bad_target"},
    {"a/b", "!bad_target"},
    {"*", "!bad_target"},
    {"/a\\b", "!bad_path_character"},
    {"/a b", "!bad_path_character"},
    {"/a\"b", "!bad_path_character"},
    {"/<", "!bad_path_character"},
    {"/{a}", "!bad_path_character"},
    {"/a|b", "!bad_path_character"},
    {"/a[0]", "!bad_path_character"},
    {"/a^b", "!bad_path_character"},
    {"/a`b", "!bad_path_character"},
    {"/a#b", "!bad_path_character"},
    {"/a?b", "!bad_path_character"},
    {"/\xc3\xa4", "!bad_path_character"},
    {"/a\tb", "!bad_path_character"},
    {"/a\x7f", "!bad_path_character"}};

TEST(NormalizePath, GivesTheOneForm) {
    for (const PathRow& row : kPaths) {
        SCOPED_TRACE(row.path);
        EXPECT_EQ(normalize(row.path), row.normalized);
    }
}

TEST(NormalizePath, IsIdempotent) {
    for (const PathRow& row : kPaths) {
        SCOPED_TRACE(row.path);
        const std::string once = normalize(row.path);
        if (!once.starts_with('!')) {
            EXPECT_EQ(normalize(once), once);
        }
    }
}

TEST(NormalizePathTest, KeepsEncodedSlashesIfAskedButNoDotSegmentsBesideThem) {
    EXPECT_EQ(normalize("/a%2fb", EncodedSlash::keep), "/a%2Fb");
    EXPECT_EQ(normalize("/%2F", EncodedSlash::keep), "/%2F");
    for (const char* path :
         {"/a/..%2fb", "/a/%2e%2e%2Fb", "/a%2f..", "/a%2f%2e%2fb", "/a%2f..;x", "/x%2fy/..%2Fz", "/a%2fb/../c"}) {
        EXPECT_EQ(normalize(path, EncodedSlash::keep), "!encoded_slash") << path;
    }
    std::string path = "/a%2fb";
    EXPECT_TRUE(normalize_path(path, EncodedSlash::keep).has_encoded_slash);
    EXPECT_FALSE(normalize_path(path).has_value());
}

TEST(NormalizePathTest, AnswersWithTheNewLength) {
    std::string path = "/a/../b%41";
    EXPECT_EQ(normalize_path(path), 3u);
    EXPECT_EQ(path.substr(0, 3), "/bA");
}

TEST(DecodeSegmentTest, DecodesOnce) {
    EXPECT_EQ(decode_segment("a%20b%C3%A4"), "a b\xc3\xa4");
    EXPECT_EQ(decode_segment("%252e"), "%2e");
    EXPECT_EQ(decode_segment(""), "");
    EXPECT_EQ(decode_segment("100%"), "100%");
    EXPECT_EQ(decode_segment("%4"), "%4");
}

}  // namespace
}  // namespace gatehouse::http

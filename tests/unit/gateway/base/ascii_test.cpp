#include "gateway/base/ascii.hpp"

#include <gtest/gtest.h>

namespace gatehouse::ascii {
namespace {

TEST(AsciiTest, LowersLettersAndNothingElse) {
    EXPECT_EQ(lower("AbZ[@`{09_\xc4"), "abz[@`{09_\xc4");
    EXPECT_EQ(lower(""), "");
}

TEST(AsciiTest, ComparesWithoutCase) {
    EXPECT_TRUE(iequals("Content-Type", "cONTENT-tYPE"));
    EXPECT_TRUE(iequals("", ""));
    EXPECT_FALSE(iequals("a", "ab"));
    EXPECT_FALSE(iequals("ab", "a"));
    EXPECT_FALSE(iequals("@", "`"));  // apart by the bit that tells cases apart
    EXPECT_FALSE(iequals("\xc4", "\xe4"));
}

TEST(AsciiTest, FoldsHeaderNames) {
    EXPECT_TRUE(header_names_fold_equal("X-User-ID", "x_user.id"));
    EXPECT_TRUE(header_names_fold_equal("_", "."));
    EXPECT_FALSE(header_names_fold_equal("X-User-ID", "XUserID"));
    EXPECT_FALSE(header_names_fold_equal("x-user-id", "x-user-id-"));
    EXPECT_FALSE(header_names_fold_equal("a~b", "a-b"));
}

TEST(AsciiTest, KnowsDigits) {
    EXPECT_TRUE(is_digit('0') && is_digit('9'));
    EXPECT_FALSE(is_digit('/') || is_digit(':') || is_digit('a') || is_digit('\xb2'));
}

}  // namespace
}  // namespace gatehouse::ascii

#include "plugins/auth/account.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

TEST(AccountTest, UserNamesAreShortAsciiAndNeverLookLikeAnId) {
    for (const char* good : {"ann", "Ann_B.c-d", "a23", "123a", "abcdefghijklmnopqrstuvwxyz123456"})
        EXPECT_TRUE(is_username(good)) << good;
    for (const char* bad : {"", "ab", "123", "1.2-3", "ann b", "ann\n", "ann@x", "\xd0\xb0nn", "a/b",
                            "abcdefghijklmnopqrstuvwxyz1234567"}) {
        EXPECT_FALSE(is_username(bad)) << bad;
    }
    EXPECT_FALSE(is_username(std::string("ann\0", 4)));
}

TEST(AccountTest, EmailAddressesHaveTheShapeThatMailServersTake) {
    for (const char* good : {"a@b.co", "ann.b+tag@mail.example.com", "o'neil@example.com", "x@1.2.3.4"})
        EXPECT_TRUE(is_email(good)) << good;
    for (const char* bad :
         {"",        "a",       "@b.co",        "a@",        "a@b",      "a@.co",    "a@b.",
          "a@b..co", ".a@b.co", "a.@b.co",      "a..b@c.de", "a b@c.de", "a@b c.de", "a@b.co\r\nBcc: x@y.zz",
          "a@-b.co", "a@b-.co", "\"a b\"@c.de", "a@b@c.de",  "a,b@c.de", "<a@b.co>"}) {
        EXPECT_FALSE(is_email(bad)) << bad;
    }
    EXPECT_TRUE(is_email(std::string(64, 'a') + "@b.co"));
    EXPECT_FALSE(is_email(std::string(65, 'a') + "@b.co"));
    std::string labels;
    for (int i = 0; i < 100; ++i) labels += "abc.";
    EXPECT_FALSE(is_email("a@" + labels + "de"));
}

TEST(AccountTest, PhoneNumbersHaveDigits) {
    for (const char* good : {"+49 (30) 123-456", "12345", "+1.212.555.0100"}) EXPECT_TRUE(is_phone(good)) << good;
    for (const char* bad : {"", "+", "1234", "1234567890123456", "12a45", "12+345", "12345\n"})
        EXPECT_FALSE(is_phone(bad)) << bad;
}

TEST(AccountTest, RolesAreSortedUniqueAndCannotSmuggleAnother) {
    EXPECT_EQ(join_roles({"user", "admin", "user"}), "admin,user");
    EXPECT_EQ(split_roles("admin,user"), (std::vector<std::string>{"admin", "user"}));
    EXPECT_TRUE(split_roles("").empty());
    EXPECT_TRUE(are_roles({}));
    for (const char* bad : {"", "Admin", "a,b", "admin\n", "1st", "a b"}) EXPECT_FALSE(are_roles({"user", bad})) << bad;
    EXPECT_FALSE(are_roles(std::vector<std::string>(17, "user")));
}

}  // namespace
}  // namespace auth

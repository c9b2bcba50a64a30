#include "gateway/http/authority.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::http {
namespace {

std::string normalize(std::string text) {
    const auto authority = normalize_authority(text);
    return authority ? std::string(*authority) : "refused";
}

TEST(AuthorityTest, LowerCasesGoodOnes) {
    const std::pair<const char*, const char*> rows[] = {{"gw.test", "gw.test"},
                                                        {"GW.Test:8080", "gw.test:8080"},
                                                        {"a", "a"},
                                                        {"gw.test.", "gw.test."},
                                                        {"10.0.0.1:1", "10.0.0.1:1"},
                                                        {"my_service-1:65535", "my_service-1:65535"},
                                                        {"gw.test:", "gw.test"},
                                                        {"[::1]", "[::1]"},
                                                        {"[2001:DB8::A]:443", "[2001:db8::a]:443"},
                                                        {"[::1]:", "[::1]"},
                                                        {"gw.test:080", "gw.test:080"},
                                                        {"[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]"}};
    for (const auto& [text, expected] : rows) EXPECT_EQ(normalize(text), expected) << text;
}

TEST(AuthorityTest, RefusesAllElse) {
    for (const char* text : {"",
                             ":",
                             ":80",
                             "a:b",
                             "a:-1",
                             "a:65536",
                             "a:99999999999",
                             "a:80:80",
                             "a,b",
                             "a b",
                             "a/b",
                             "u@a",
                             "u:p@a",
                             "a..b",
                             ".a",
                             ".",
                             "a%41",
                             "a\\b",
                             "[",
                             "[]",
                             "[::1",
                             "::1",
                             "[::1]x",
                             "[::g]",
                             "[fe80::1%25eth0]",
                             "[fe80::1%eth0]",
                             "[v1.a]",
                             "[1.2.3.4]",
                             "[[::1]]",
                             "\xff"
                             "a",
                             "a\t",
                             "<a>",
                             "a;b",
                             "a'b",
                             "*"}) {
        EXPECT_EQ(normalize(text), "refused") << text;
    }
    EXPECT_EQ(normalize(std::string(256, 'a')), "refused");
    EXPECT_EQ(normalize("[" + std::string(100, ':') + "]"), "refused");
}

}  // namespace
}  // namespace gatehouse::http

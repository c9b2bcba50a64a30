#include "plugins/auth/base64url.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

TEST(AuthBase64UrlTest, RoundTripsTheVectorsOfRfc4648) {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64url_encode(bytes), text);
        EXPECT_EQ(base64url_decode(text), bytes);
    }
}

TEST(AuthBase64UrlTest, RefusesEverySecondSpelling) {
    for (const char* text : {"Zg==", "Zh", "Zm9", "Zm9vY", "Zm 9v", "Zm9v\n", "+/8", "-_9", "Zm9v=", "Z", "Zm8="}) {
        EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace auth

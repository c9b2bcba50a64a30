#include "gateway/base/base64url.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gatehouse::base64url {
namespace {

TEST(Base64urlTest, WritesTheVectorsOfRfc4648WithoutPadding) {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(encode(bytes), text);
        EXPECT_EQ(decode(text), bytes);
    }
}

TEST(Base64urlTest, UsesTheAlphabetForUrls) {
    EXPECT_EQ(encode("\xfb\xff\xfe"), "-__-");
    EXPECT_EQ(decode("-__-"), "\xfb\xff\xfe");
}

TEST(Base64urlTest, ReadsBackWhateverItWrites) {
    std::minstd_rand random(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        EXPECT_EQ(decode(encode(bytes)), bytes);
    }
}

TEST(Base64urlTest, RefusesWhatHasNoOneMeaning) {
    for (const char* text : {"A", "AAAAA", "Zg==", "Zm9v\n", "Zm 9v", "+/AA", "Zm9v.",
                             "\xc3\xa4"
                             "AA"}) {
        EXPECT_EQ(decode(text), std::nullopt) << text;
    }
    EXPECT_EQ(decode(std::string_view("AA\0A", 4)), std::nullopt);
    for (const char* text : {"Zh", "Z_", "Zm9", "Zm-"})
        EXPECT_EQ(decode(text), std::nullopt) << text;  // left-over bits
}

}  // namespace
}  // namespace gatehouse::base64url

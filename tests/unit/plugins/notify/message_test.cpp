// Mails as bytes: nothing that a user has chosen becomes a header.
#include "plugins/notify/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using notify::is_address;
using notify::Message;
using notify::to_header_text;
using notify::to_text;

Message message() {
    Message made;
    made.from_name = "Gatehouse";
    made.from = "no-reply@example.com";
    made.to = "ann@example.com";
    made.id = "1.confirm_email.7@example.com";
    made.subject = "Hello";
    made.text = "one\ntwo\n";
    made.html = "<p>one</p>";
    made.language = "en";
    return made;
}

TEST(MessageTest, EveryLineEndsWithCrlfAndIsShortEnoughForSmtp) {
    Message long_one = message();
    long_one.subject = std::string(500, 'x') + "жук";
    long_one.text = std::string(5'000, 'y');
    const std::string text = to_text(long_one);
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = text.find("\r\n", begin);
        ASSERT_NE(end, std::string::npos);
        EXPECT_EQ(text.substr(begin, end - begin).find('\n'), std::string::npos);
        EXPECT_LE(end - begin, 998U);
        begin = end + 2;
    }
}

TEST(MessageTest, IsAsciiWhateverIsWritten) {
    Message russian = message();
    russian.subject = "Подтвердите адрес почты";
    russian.text = "Здравствуйте";
    for (const char c : to_text(russian)) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(MessageTest, ASubjectCannotBecomeAHeader) {
    Message evil = message();
    evil.subject = "hi\r\nBcc: all@example.com";
    EXPECT_EQ(to_text(evil).find("\r\nBcc:"), std::string::npos);
}

TEST(MessageTest, EncodedWordsNeverSplitACharacter) {
    const std::string text = "aжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжж";
    const std::string header = to_header_text(text);
    const auto second = header.find("\r\n =?UTF-8?B?");
    ASSERT_NE(second, std::string::npos);
    EXPECT_EQ(second % 2, 0U);
    EXPECT_EQ(to_header_text("plain, text"), "plain, text");
    EXPECT_NE(to_header_text("=?UTF-8?B?aGk=?="), "=?UTF-8?B?aGk=?=");
}

TEST(MessageTest, AnAddressIsNothingElse) {
    for (const char* const good : {"a@b", "ann.lee+news@example.com"}) EXPECT_TRUE(is_address(good)) << good;
    for (const char* const bad :
         {"", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a@b>", "a@b,c@d", "a\"@b", "ж@b"}) {
        EXPECT_FALSE(is_address(bad)) << bad;
    }
    EXPECT_FALSE(is_address(std::string(250, 'a') + "@b.cc"));
}

}  // namespace

// The shipped texts, and what is refused.
#include "plugins/notify/template_book.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

using notify::Kind;
using notify::Language;
using notify::TemplateBook;

TEST(TemplateBookTest, EveryKindHasAllItsTextsInEveryLanguage) {
    for (const Language language : {Language::en, Language::ru}) {
        const TemplateBook book(notify::shipped_templates(language));
        for (const auto& [kind, name] : notify::kKinds) {
            const auto mail = book.mail(kind, {{"username", "ann"}, {"code", "12345678"}, {"follower", "bob"}});
            EXPECT_FALSE(mail.subject.empty()) << name;
            EXPECT_EQ(mail.subject.find("{{"), std::string::npos) << name;
            EXPECT_EQ(mail.text.find("{{"), std::string::npos) << name;
            EXPECT_NE(mail.html.find("<html lang=\"" + std::string(name_of(language))), std::string::npos) << name;
            EXPECT_NE(mail.text.find("ann"), std::string::npos) << name;
        }
    }
}

TEST(TemplateBookTest, WhatAUserHasChosenIsTextInHtml) {
    const TemplateBook book(notify::shipped_templates(Language::en));
    const auto mail = book.mail(Kind::new_follower, {{"follower", "<script>\n&"}});
    EXPECT_EQ(mail.html.find("<script>"), std::string::npos);
    EXPECT_NE(mail.html.find("&lt;script&gt;"), std::string::npos);
    EXPECT_NE(mail.text.find("<script>"), std::string::npos);
    EXPECT_EQ(mail.subject, "<script> & follows you");
}

TEST(TemplateBookTest, AStatusIsToldByItsWord) {
    const TemplateBook book(notify::shipped_templates(Language::ru));
    EXPECT_EQ(book.in_app(Kind::order_status, {{"order", "A7"}, {"status", "shipping"}}), "Заказ A7: в пути.");
    EXPECT_EQ(book.in_app(Kind::order_status, {{"order", "A7"}, {"status", "lost"}}), "Заказ A7: lost.");
}

TEST(TemplateBookTest, WhatIsMissingIsNamed) {
    std::string text(notify::shipped_templates(Language::en));
    text.replace(text.find("[ban.html]"), 10, "[other.html]");
    try {
        const TemplateBook book(text);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("ban.html"), std::string::npos);
    }
}

TEST(TemplateBookTest, WhatIsNoTemplateIsNamed) {
    const std::string text = std::string(notify::shipped_templates(Language::en)) + "[status.odd]\n{{#open}}\n";
    EXPECT_THROW(TemplateBook{text}, std::runtime_error);
}

}  // namespace

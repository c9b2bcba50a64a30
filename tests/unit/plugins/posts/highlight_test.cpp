#include "plugins/posts/highlight.hpp"

#include <gtest/gtest.h>

namespace {

std::string shown(const std::string& text, const std::string& query) {
    return posts::highlight(std::nullopt, text, posts::parse_search_query(query)).text;
}

TEST(HighlightTest, MarksWordsOfTheSameStem) {
    EXPECT_EQ(shown("Cat, cats; catalogue", "cats"), "<mark>Cat, cats</mark>; catalogue");
    EXPECT_EQ(shown("Большие коты", "кот"), "Большие <mark>коты</mark>");
}

TEST(HighlightTest, MarksAPhraseOnlyWhereItStands) {
    EXPECT_EQ(shown("cat big. A big cat.", "\"big cat\""), "cat big. A <mark>big cat</mark>.");
}

TEST(HighlightTest, DoesNotMarkWhatIsExcluded) { EXPECT_EQ(shown("a cat", "a -dog"), "<mark>a</mark> cat"); }

TEST(HighlightTest, CutsALongTextAroundTheFirstPlace) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += (i == 50 ? "needle " : "straw" + std::to_string(i) + " ");
    const std::string html = shown(text, "needle");
    EXPECT_TRUE(html.starts_with("…straw42 ")) << html;
    EXPECT_NE(html.find("<mark>needle</mark>"), std::string::npos);
    EXPECT_TRUE(html.ends_with("straw81…")) << html;
}

TEST(HighlightTest, IsBoundedByBytesToo) {
    std::string text = "needle ";
    for (int i = 0; i < 39; ++i) text += std::string(100, 'x') + " ";
    EXPECT_LT(shown(text, "needle").size(), 1'700U);
}

TEST(HighlightTest, ShowsTheBeginningWhenOnlyTheTitleMatches) {
    const auto both = posts::highlight("A <cat>", "nothing", posts::parse_search_query("cat"));
    EXPECT_EQ(both.title, "A &lt;<mark>cat</mark>&gt;");
    EXPECT_EQ(both.text, "nothing");
    EXPECT_EQ(shown("", "cat"), "");
}

}  // namespace

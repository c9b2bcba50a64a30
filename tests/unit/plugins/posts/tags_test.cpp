#include <gtest/gtest.h>

#include "plugins/posts/tags.hpp"

namespace {

struct Row {
    const char* name;
    std::string text;
    std::vector<std::string> tags;
};
class TagsTest : public ::testing::TestWithParam<Row> {};

TEST_P(TagsTest, AreFound) { EXPECT_EQ(posts::tags_in(GetParam().text), GetParam().tags); }

std::string many(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "#t" + std::to_string(i) + " ";
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, TagsTest,
    ::testing::Values(Row{"None", "no tag here", {}}, Row{"One", "#Tag", {"tag"}},
                      Row{"Punctuation", "(#one,#two)#three.", {"one", "two", "three"}},
                      Row{"Repeated", "#a #A #b #a", {"a", "b"}}, Row{"Russian", "#Весна_2026!", {"весна_2026"}},
                      Row{"InsideAWord", "a#b C# x##y", {}}, Row{"Digits", "#1 #2026", {}}, Row{"Alone", "# # #", {}},
                      Row{"Doubled", "##a", {}}, Row{"Entity", "&#amp;", {}}, Row{"Together", "#a#b", {"a"}},
                      Row{"BehindDigits", "#12#b", {"b"}}, Row{"BehindAWordInRussian", "да#нет но #да", {"да"}},
                      Row{"BehindAnEmoji", "😀#a «#b»", {"a", "b"}}, Row{"TooLong", "#" + std::string(65, 'x'), {}},
                      Row{"Longest", "#" + std::string(64, 'x'), {std::string(64, 'x')}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(TagsTest, AreNoMoreThanTwenty) { EXPECT_EQ(posts::tags_in(many(50)).size(), 20U); }

TEST(TagsTest, AreAskedForWithOrWithoutTheSign) {
    EXPECT_EQ(posts::normalised_tag("#Cat"), "cat");
    EXPECT_EQ(posts::normalised_tag("Кот"), "кот");
    for (const char* text : {"", "#", "##a", "a b", "a,", "12", "#-"})
        EXPECT_EQ(posts::normalised_tag(text), "") << text;
}

}  // namespace

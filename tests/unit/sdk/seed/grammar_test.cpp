#include "sdk/seed/grammar.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace {

using namespace gatehouse::seed;

std::string say(const char* file, Gender writer = Gender::male) {
    Random random(1, Purpose::text, 1);
    return Grammar(file).say("post", random, writer);
}

TEST(GrammarTest, PutsOneOfTheWaysInPlaceOfAName) {
    EXPECT_EQ(say("[post]\nI like {noun}.\n[noun]\ntea\n"), "I like tea.");
}

TEST(GrammarTest, BeginsWithACapitalWhereTheNameDoes) {
    EXPECT_EQ(say("[post]\n{Noun}!\n[noun]\ntea\n"), "Tea!");
    EXPECT_EQ(say("[post]\n{Noun}!\n[noun]\nчай\n"), "Чай!");
    EXPECT_EQ(say("[post]\n{Noun}!\n[noun]\nпирог\n"), "Пирог!");
    EXPECT_EQ(say("[post]\n{Noun}!\n[noun]\nёлка\n"), "ёлка!") << "no word of the lists begins so";
}

TEST(GrammarTest, SpeaksAsAManOrAsAWoman) {
    EXPECT_EQ(say("[post]\n{нашёл|нашла} {|её}\n", Gender::male), "нашёл ");
    EXPECT_EQ(say("[post]\n{нашёл|нашла} {|её}\n", Gender::female), "нашла её");
}

TEST(GrammarTest, SaysAnBeforeAVowel) {
    EXPECT_EQ(say("[post]\nIt is a {adjective} {noun}\n[adjective]\nold\n[noun]\nmap\n"), "It is an old map");
    EXPECT_EQ(say("[post]\nA {noun} and a {noun}\n[noun]\nmap\n"), "A map and a map");
    EXPECT_EQ(say("[post]\ntea {noun}\n[noun]\napple\n"), "tea apple");
}

TEST(GrammarTest, RefusesAFileThatCouldNotBeSaid) {
    EXPECT_THROW(Grammar("[post]\n{nothing}\n"), std::logic_error);
    EXPECT_THROW(Grammar("[post]\n{noun\n[noun]\ntea\n"), std::logic_error);
    EXPECT_THROW(Grammar("[post]\n{noun}\n[noun]\n{post}\n"), std::logic_error);
    EXPECT_THROW(Grammar("[post]\n{post}\n"), std::logic_error);
}

TEST(GrammarTest, OfBothLanguagesSaysAllThatIsAskedForInManyWays) {
    for (const Language language : {Language::english, Language::russian}) {
        for (const char* start : {"post", "title", "comment", "bio", "tag", "report", "report_advert", "report_person",
                                  "advert", "note_dismissed", "note_removed"}) {
            std::set<std::string> said;
            for (int i = 0; i < 500; ++i) {
                Random random(2, Purpose::text, i);
                const std::string text =
                    grammar_of(language).say(start, random, i % 2 == 0 ? Gender::male : Gender::female);
                EXPECT_EQ(text.find_first_of("{}|#[]"), std::string::npos) << text;
                EXPECT_FALSE(text.empty());
                EXPECT_LT(text.size(), 2'000U);
                said.insert(text);
            }
            const std::string_view name(start);
            const bool is_short = name == "tag" || name.starts_with("report_") || name.starts_with("note_");
            EXPECT_GT(said.size(), is_short ? 10U : 200U) << start;
        }
    }
}

}  // namespace

#include <gtest/gtest.h>

#include <sstream>

#include "plugins/posts/stemmer.hpp"
#include "plugins/posts/words.hpp"

namespace {

struct Row {
    const char* name;
    std::string text, words, stems;  // with a space between
};
class WordsTest : public ::testing::TestWithParam<Row> {};

TEST_P(WordsTest, AreCutFoldedAndStemmed) {
    posts::Stemmer stemmer;
    std::string words, stems;
    for (const posts::Word& word : posts::words_of(GetParam().text)) {
        words += (words.empty() ? "" : " ") + word.folded;
        stems += (stems.empty() ? "" : " ") + stemmer.stem(word.folded);
        EXPECT_LT(word.begin, word.end);
        EXPECT_LE(word.end, GetParam().text.size());
    }
    EXPECT_EQ(words, GetParam().words);
    EXPECT_EQ(stems, GetParam().stems);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WordsTest,
    ::testing::Values(Row{"Nothing", "", "", ""}, Row{"OnlySigns", "-- ,.!? «» 🚀 …", "", ""},
                      Row{"English", "Running, generously: CATS", "running generously cats", "run generous cat"},
                      Row{"Russian", "Бегущие КОШКИ, Ёлки", "бегущие кошки елки", "бегущ кошк елк"},
                      Row{"Accents", "Café ÉTÉ façade Ångström", "cafe ete facade angstrom", "cafe ete facad angstrom"},
                      Row{"Decomposed", "cafe\u0301 и\u0306од е\u0308ж", "cafe йод еж", "cafe йод еж"},
                      Row{"Apostrophe", "don't", "don t", "don t"},
                      Row{"Underscore", "snake_case", "snake case", "snake case"},
                      Row{"Digits", "iPhone15 3.14", "iphone15 3 14", "iphone15 3 14"},
                      Row{"Greek", "ΛΟΓΟΣ", "λογοσ", "λογοσ"}, Row{"BrokenUtf8", "a\xff\xd0 b\xf0\x9f", "a b", "a b"},
                      Row{"NoSpaceCharacters", "a\u00A0b\u2003c\u3000d", "a b c d", "a b c d"},
                      Row{"Long", std::string(200, 'z'), std::string(64, 'z'), std::string(64, 'z')}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace

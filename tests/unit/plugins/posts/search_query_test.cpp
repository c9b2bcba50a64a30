#include <gtest/gtest.h>

#include <gatehouse/problem.hpp>

#include "plugins/posts/search_query.hpp"

namespace {

struct Row {
    const char* name;
    std::string text, tsquery, fts5;
};
class SearchQueryTest : public ::testing::TestWithParam<Row> {};

TEST_P(SearchQueryTest, IsUnderstood) {
    const posts::SearchQuery query = posts::parse_search_query(GetParam().text);
    EXPECT_EQ(query.to_tsquery(), GetParam().tsquery);
    EXPECT_EQ(query.to_fts5(), GetParam().fts5);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SearchQueryTest,
    ::testing::Values(Row{"Word", "Cats", "('cat')", R"("cat")"},
                      Row{"Words", " big\tcats ", "('big') & ('cat')", R"("big" AND "cat")"},
                      Row{"Phrase", R"("big cats")", "('big' <-> 'cat')", R"("big cat")"},
                      Row{"OpenPhrase", R"(x "big cats)", "('x') & ('big' <-> 'cat')", R"("x" AND "big cat")"},
                      Row{"Guillemets", "«большие коты»", "('больш' <-> 'кот')", R"("больш кот")"},
                      Row{"Excluded", "cat -dog", "('cat') & !('dog')", R"(("cat") NOT ("dog"))"},
                      Row{"ExcludedPhrase", R"(-"big dog" cat -mouse)", "!('big' <-> 'dog') & ('cat') & !('mous')",
                          R"(("cat") NOT ("big dog" OR "mous"))"},
                      Row{"Minuses", "--dog cat - −mouse", "!('dog') & ('cat') & !('mous')",
                          R"(("cat") NOT ("dog" OR "mous"))"},
                      Row{"InnerMinus", "co-op", "('co' <-> 'op')", R"("co op")"},
                      Row{"EmptyPhrase", R"("" cat " ")", "('cat')", R"("cat")"},
                      Row{"QuoteInAWord", R"(a"b c"d)", "('a') & ('b' <-> 'c') & ('d')", R"("a" AND "b c" AND "d")"},
                      Row{"Operators", "a&b | !c :* ^d", "('a' <-> 'b') & ('c') & ('d')", R"("a b" AND "c" AND "d")"},
                      Row{"Sql", "x'; drop table posts;--", "('x') & ('drop') & ('tabl') & ('post')",
                          R"("x" AND "drop" AND "tabl" AND "post")"},
                      Row{"BrokenUtf8",
                          "\xff"
                          "cat\xd0",
                          "('cat')", R"("cat")"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(SearchQueryTest, NeedsAWordToLookForAndNotTooMany) {
    std::string words, phrase = "\"";
    for (int i = 0; i < 17; ++i) words += "w" + std::to_string(i) + " ";
    for (int i = 0; i < 33; ++i) phrase += "w" + std::to_string(i) + " ";
    for (const std::string& text :
         {std::string(), std::string("  "), std::string("-a -b"), std::string("\"-\""), words, phrase}) {
        EXPECT_THROW(static_cast<void>(posts::parse_search_query(text)), gatehouse::Invalid) << text;
    }
}

}  // namespace

#include "plugins/posts/ranking.hpp"

#include <gtest/gtest.h>

namespace {

posts::SearchQuery query(const char* text) { return posts::parse_search_query(text); }

TEST(RankingTest, PrefersTitlesThenRepetitionThenBrevity) {
    const posts::SearchCandidate title{1, "cat", "dog"}, often{2, "", "cat cat"}, brief{3, "", "cat"},
        lengthy{4, "", "cat a b c d e f g h i j"};
    EXPECT_EQ(posts::ranked({lengthy, brief, often, title}, query("cat")), (std::vector<std::int64_t>{1, 2, 3, 4}));
}

TEST(RankingTest, PutsTheNewestFirstAmongEquals) {
    EXPECT_EQ(posts::ranked({{1, "", "cat"}, {3, "", "cat"}, {2, "", "cat"}}, query("cat")),
              (std::vector<std::int64_t>{3, 2, 1}));
}

TEST(RankingTest, CountsAPhraseWhereItStands) {
    EXPECT_GT(posts::score({1, "", "big cat"}, query("\"big cat\"")),
              posts::score({1, "", "cat big"}, query("\"big cat\"")));
}

TEST(RankingTest, CountsNothingForWhatIsExcluded) {
    EXPECT_EQ(posts::score({1, "", "dog dog cat"}, query("cat -dog")),
              posts::score({1, "", "cow cow cat"}, query("cat -dog")));
}

}  // namespace

#include <gatehouse/binding.hpp>

#include <algorithm>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class SearchTest : public PostsFixture {
protected:
    using Ids = std::vector<std::int64_t>;
    static std::string search(std::string_view query, const std::string& more = "") {
        return "/api/posts/search?limit=50&q=" + gatehouse::percent_encode(query) + more;
    }
    Ids found(std::string_view query, const Person& who = kNobody) { return all_ids(who, search(query)); }
    std::int64_t text(const std::string& words, const Person& who = kAnn) {
        return write(who, R"({"text":")" + words + R"("})");
    }
};

TEST_F(SearchTest, FindsAPostAtOnceInWhateverFormItsWordsStand) {
    const auto english = text("The cats were running through gardens");
    const auto russian = text("Красивые кошки бегали по весенним садам, ёлки зеленели");
    for (const char* query : {"cat", "CATS", "run", "garden cat", "run cats garden"}) {
        EXPECT_EQ(found(query), Ids{english}) << query;
    }
    for (const char* query : {"кошка", "КОШКАМИ", "сад весенний", "елка", "Ёлкой", "красивая кошка"}) {
        EXPECT_EQ(found(query), Ids{russian}) << query;
    }
    EXPECT_TRUE(found("dog").empty());
    EXPECT_TRUE(found("cat собака").empty());
}

TEST_F(SearchTest, KnowsPhrasesAndExclusions) {
    const auto a = text("big black dog"), b = text("black big cat"), c = text("a big dog, a black cat");
    EXPECT_EQ(found("\"big black\""), Ids{a});
    EXPECT_EQ(found("\"black cat\""), Ids{c});
    EXPECT_EQ(found("big -cat"), Ids{a});
    EXPECT_EQ(found("big -\"black dog\" -\"black big\""), Ids{c});
    EXPECT_EQ(found("black -dog"), Ids{b});
    EXPECT_EQ(found("«big black»"), Ids{a});
}

TEST_F(SearchTest, DoesNotReadAPhraseAcrossTitleAndText) {
    const auto id = write(kAnn, R"({"title":"white rabbit","text":"hole here"})");
    EXPECT_TRUE(found("\"rabbit hole\"").empty());
    EXPECT_EQ(found("\"white rabbit\" hole"), Ids{id});
}

TEST_F(SearchTest, RanksTitlesAndRepetitionsHigher) {
    const auto once = text("rocket and a lot of other words that say little");
    const auto often = text("rocket rocket rocket");
    const auto title = write(kAnn, R"({"title":"Rocket","text":"nothing else"})");
    const auto twin = text("rocket and a lot of other words that say little");
    EXPECT_EQ(found("rocket"), (Ids{title, often, twin, once}));
}

TEST_F(SearchTest, HighlightsTheOriginalWordsAndEscapesTheRest) {
    write(kAnn, R"({"title":"Cats & <script>","text":"Two cats, <b>one</b> catalogue. Кошки-мышки"})");
    const auto hit = send(kNobody, "GET", search("cat")).json().at("items").at(0).at("highlight");
    EXPECT_EQ(hit.at("title"), "<mark>Cats</mark> &amp; &lt;script&gt;");
    EXPECT_EQ(hit.at("text"), "Two <mark>cats</mark>, &lt;b&gt;one&lt;/b&gt; catalogue. Кошки-мышки");
    const auto russian = send(kNobody, "GET", search("кошка")).json().at("items").at(0).at("highlight");
    EXPECT_NE(std::string(russian.at("text").as_string()).find("<mark>Кошки</mark>-мышки"), std::string::npos);
}

TEST_F(SearchTest, FollowsChangesAndDeletions) {
    const auto id = text("before");
    send(kAnn, "PATCH", at(id), R"({"text":"after"})");
    EXPECT_TRUE(found("before").empty());
    EXPECT_EQ(found("after"), Ids{id});
    send(kAnn, "DELETE", at(id));
    EXPECT_TRUE(found("after").empty());
}

TEST_F(SearchTest, FindsPrivatePostsForTheirAuthorOnly) {
    const auto id = write(kAnn, R"({"text":"diary","visibility":"private"})");
    for (const Person& who : {kNobody, kBob, kMod}) EXPECT_TRUE(found("diary", who).empty());
    EXPECT_EQ(found("diary", kAnn), Ids{id});
}

TEST_F(SearchTest, PagesAreCompleteAndWithoutRepeatsWhileOthersWrite) {
    Ids written;
    for (int i = 0; i < 23; ++i) written.push_back(text(i % 3 == 0 ? "needle needle" : "a needle in the hay"));
    Ids listed = all_ids(kNobody, "/api/posts/search?limit=5&q=needle", "id", [&] { text("needle needle", kBob); });
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, written);
}

TEST_F(SearchTest, GoesOnBeyondOneWindowOfRanking) {
    Ids written;
    for (int i = 0; i < 230; ++i) written.push_back(text(i % 7 == 0 ? "straw straw" : "one straw"));
    Ids listed = all_ids(kNobody, "/api/posts/search?limit=90&q=straw");
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, written);
}

TEST_F(SearchTest, RefusesQueriesThatLookForNothingOrTooMuch) {
    std::string many, longer(257, 'x');
    for (int i = 0; i < 17; ++i) many += "a" + std::to_string(i) + " ";
    for (const std::string& query : {std::string(), std::string(" "), std::string("-"), std::string("-cat"),
                                     std::string("\"\""), std::string("!?…"), many, longer}) {
        EXPECT_EQ(send(kNobody, "GET", search(query)).status, 422) << query;
    }
    EXPECT_EQ(send(kNobody, "GET", "/api/posts/search").status, 422);
    EXPECT_EQ(send(kNobody, "GET", search("cat", "&cursor=x")).status, 422);
}

TEST_F(SearchTest, TakesOperatorsOfTheEnginesAsText) {
    const auto id = text("near or and not cat");
    for (const char* query :
         {"cat AND", "cat OR near", "NOT cat", "cat & near", "NEAR(cat near, 2)", "cat*", "title:cat -title", "cat:*",
          "^cat", "{cat} near", "'cat'", "\\\"cat", "cat | near", "!cat", "(cat", "cat)"}) {
        const Answer answer = send(kNobody, "GET", search(query));
        EXPECT_EQ(answer.status, 200) << query << answer.body;
    }
    EXPECT_EQ(found("cat AND near"), Ids{id});
}

TEST_F(SearchTest, KeepsOddTextsAndFindsTheirWords) {
    const auto emoji = text("🚀🚀 launch 日本語 naïve cafe\\u0301 co-op");
    for (const char* query : {"launch", "日本語", "naive", "café", "co-op", "op"}) {
        EXPECT_EQ(found(query), Ids{emoji}) << query;
    }
}

}  // namespace

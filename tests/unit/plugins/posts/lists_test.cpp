// Orders and filters of GET /api/posts.
#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class ListsTest : public PostsFixture {
protected:
    using Ids = std::vector<std::int64_t>;
    void like(std::int64_t id, int times) {
        for (int i = 0; i < times; ++i) send({100 + i, "fan", "user"}, "PUT", at(id) + "/like");
    }
};

TEST_F(ListsTest, PutsWhatIsLikedMostOnTopAndTheNewestFirstAmongEquals) {
    const auto a = write(kAnn, R"({"text":"a #cat"})"), b = write(kBob, R"({"text":"b"})");
    const auto c = write(kAnn, R"({"text":"c #cat"})"), d = write(kAnn, R"({"text":"d #Cat"})");
    like(a, 2);
    like(c, 3);
    for (const char* limit : {"1", "2", "3", "10"}) {
        const std::string query = "/api/posts?sort=top&limit=" + std::string(limit);
        EXPECT_EQ(all_ids(kNobody, query), (Ids{c, a, d, b}));
        EXPECT_EQ(all_ids(kBob, query + "&author=7"), (Ids{c, a, d}));
        EXPECT_EQ(all_ids(kBob, query + "&tag=cat"), (Ids{c, a, d}));
        EXPECT_EQ(all_ids(kBob, query + "&tag=cat&author=8"), Ids{});
    }
    for (int i = 0; i < 3; ++i) send({100 + i, "fan", "user"}, "DELETE", at(c) + "/like");
    EXPECT_EQ(all_ids(kNobody, "/api/posts?sort=top&tag=cat"), (Ids{a, d, c}));
}

TEST_F(ListsTest, RepeatsNothingOfTheTopWhileOthersWriteAndNobodyLikes) {
    Ids written;
    for (int i = 0; i < 9; ++i) written.push_back(write(kAnn, R"({"text":"x"})"));
    for (int i = 0; i < 9; ++i) like(written[static_cast<std::size_t>(i)], i / 3);
    const Ids listed = all_ids(kBob, "/api/posts?sort=top&limit=2", "id", [&] { post(kBob); });
    EXPECT_EQ(std::set<std::int64_t>(listed.begin(), listed.end()).size(), listed.size());
    for (const auto id : written) EXPECT_EQ(std::count(listed.begin(), listed.end(), id), 1);
}

TEST_F(ListsTest, FindsPostsByTheirTagsInAnyCase) {
    const auto id = write(kAnn, R"({"title":"About #Весна","text":"#Cats and #c_plus_plus, not a#b, #1 or C#"})");
    const auto tags = send(kAnn, "GET", at(id)).json().at("tags").as_array();
    EXPECT_EQ(boost::json::serialize(tags), R"(["весна","cats","c_plus_plus"])");
    for (const char* tag : {"cats", "CATS", "%23Cats", "%D0%B2%D0%B5%D1%81%D0%BD%D0%B0", "c_plus_plus"}) {
        EXPECT_EQ(all_ids(kNobody, "/api/posts?limit=5&tag=" + std::string(tag)), Ids{id}) << tag;
    }
    EXPECT_TRUE(all_ids(kNobody, "/api/posts?limit=5&tag=b").empty());
}

TEST_F(ListsTest, FollowsTagsThatChange) {
    const auto id = write(kAnn, R"({"text":"#one"})");
    like(id, 1);
    send(kAnn, "PATCH", at(id), R"({"text":"#two"})");
    EXPECT_TRUE(all_ids(kNobody, "/api/posts?tag=one").empty());
    EXPECT_EQ(all_ids(kNobody, "/api/posts?tag=two&sort=top"), Ids{id});
    send(kAnn, "PATCH", at(id), R"({"visibility":"private"})");
    EXPECT_TRUE(all_ids(kNobody, "/api/posts?tag=two").empty());
    EXPECT_EQ(all_ids(kAnn, "/api/posts?tag=two"), Ids{id});
    send(kAnn, "DELETE", at(id));
    EXPECT_TRUE(all_ids(kAnn, "/api/posts?tag=two").empty());
}

TEST_F(ListsTest, MixesWhatOnlySomeMaySeeIntoPagesOfAnySize) {
    constexpr Person kEve{10, "eve", "user"}, kReader{11, "reader", "user"};
    struct Written {
        std::int64_t id;
        int likes;
        bool has_tag;
    };
    std::vector<Written> seen;  // by the reader, who follows ann and bob, but not eve
    follow(kReader, kAnn);
    follow(kReader, kBob);
    const std::array authors{kAnn, kBob, kEve, kReader};
    const std::array<std::string, 5> visibilities{"public", "followers", "private", "public", "followers"};
    for (std::size_t i = 0; i < 60; ++i) {
        const Person& author = authors[i % authors.size()];
        const std::string& visibility = visibilities[i / 3 % visibilities.size()];
        const bool has_tag = i % 2 == 0, is_readers = author.id == kReader.id;
        const auto id = write(author, R"({"text":")" + std::string(has_tag ? "#cat" : "dog") + R"(","visibility":")" +
                                          visibility + R"("})");
        const int likes = visibility == "private" ? 0 : static_cast<int>(i * 7 % 4);
        for (int fan = 0; fan < likes; ++fan) {
            const Person who{100 + fan, "fan", "user"};
            if (visibility == "followers") follow(who, author);
            EXPECT_EQ(send(who, "PUT", at(id) + "/like").status, 204);
        }
        const bool is_hidden = author.id == kEve.id ? visibility != "public" : visibility == "private";
        if (is_readers || !is_hidden) seen.push_back({id, likes, has_tag});
    }
    const auto expected = [&seen](bool by_likes, bool tagged) {
        std::vector<Written> page = seen;
        std::erase_if(page, [tagged](const Written& one) { return tagged && !one.has_tag; });
        std::ranges::sort(page, std::greater(),
                          [by_likes](const Written& one) { return std::pair(by_likes ? one.likes : 0, one.id); });
        Ids ids;
        for (const Written& one : page) ids.push_back(one.id);
        return ids;
    };
    for (const char* limit : {"1", "2", "3", "7", "100"}) {
        const std::string query = "/api/posts?limit=" + std::string(limit);
        EXPECT_EQ(all_ids(kReader, query), expected(false, false)) << limit;
        EXPECT_EQ(all_ids(kReader, query + "&tag=cat"), expected(false, true)) << limit;
        EXPECT_EQ(all_ids(kReader, query + "&sort=top"), expected(true, false)) << limit;
        EXPECT_EQ(all_ids(kReader, query + "&sort=top&tag=cat"), expected(true, true)) << limit;
    }
}

TEST_F(ListsTest, RefusesWhatCannotBeATagOrAnOrder) {
    for (const char* query : {"tag=", "tag=%23", "tag=1", "tag=a%20b", "sort=best", "sort="}) {
        EXPECT_EQ(send(kNobody, "GET", std::string("/api/posts?") + query).status, 422) << query;
    }
}

TEST_F(ListsTest, OpensACursorInItsOwnListOnly) {
    for (int i = 0; i < 3; ++i) write(kAnn, R"({"text":"#cat"})");
    const auto page = send(kNobody, "GET", "/api/posts?limit=1&sort=top&tag=cat").json();
    const std::string cursor = "&cursor=" + std::string(page.at("next_cursor").as_string());
    EXPECT_EQ(send(kNobody, "GET", "/api/posts?limit=1&sort=top&tag=cat" + cursor).status, 200);
    for (const char* other : {"sort=new&tag=cat", "sort=top", "sort=top&tag=dog", "sort=top&tag=cat&author=7"}) {
        EXPECT_EQ(send(kNobody, "GET", std::string("/api/posts?limit=1&") + other + cursor).status, 422) << other;
    }
}

TEST_F(ListsTest, IgnoresParametersThatItDoesNotKnow) {
    EXPECT_EQ(send(kNobody, "GET", "/api/posts?utm_source=mail").status, 200);
}

}  // namespace

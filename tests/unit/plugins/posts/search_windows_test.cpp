// Search over a long time: the newest matches first, all of them in the end, whether words are common or rare.
#include <gatehouse/binding.hpp>
#include <gatehouse/storage/database.hpp>

#include <algorithm>
#include <random>

#include "migrations.hpp"
#include "plugins/posts/search_windows.hpp"
#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

constexpr std::int64_t kHour = std::int64_t{3'600'000} << 22U;
constexpr std::int64_t kPosts = 4'000;

class SearchWindowsTest : public PostsFixture {
protected:
    // A post every half an hour or so, then a year of silence, then as many again.
    SearchWindowsTest() {
        std::mt19937_64 random(1);
        for (std::int64_t i = 0; i < kPosts; ++i) {
            ids_.push_back((20'000 + i / 2 + (i > kPosts / 2 ? 8'760 : 0)) * kHour +
                           static_cast<std::int64_t>(random() % kHour));
        }
        std::ranges::sort(ids_);
        gatehouse::Database database({.url = database_.url(), .service = "import"}, posts::migrations());
        database.open();
        database.write([&](gatehouse::Transaction& tx) {
            for (std::int64_t i = 0; i < kPosts; ++i) {
                tx.execute(
                    "insert into posts (id, author_id, author_name, text, visibility, created_at, updated_at) "
                    "values ($1, 7, 'ann', $2, $3, 0, 0)",
                    ids_[static_cast<std::size_t>(i)], words(i), i % 11 == 3 ? "private" : "public");
            }
        });
        host_.advance(std::chrono::seconds(15));
    }
    static std::string words(std::int64_t i) {
        std::string text = "all";
        for (const int every : {2, 7, 60, 999}) {
            if (i % every == 0) text += " every" + std::to_string(every);
        }
        return i < 40 ? text + " old" : text;
    }
    // Newest first.
    std::vector<std::int64_t> expected(const Person& who, const std::function<bool(std::int64_t)>& matches) {
        std::vector<std::int64_t> found;
        for (std::int64_t i = kPosts - 1; i >= 0; --i) {
            if (matches(i) && (i % 11 != 3 || who.id == kAnn.id)) found.push_back(ids_[static_cast<std::size_t>(i)]);
        }
        return found;
    }
    std::vector<std::int64_t> ids_;
};

TEST_F(SearchWindowsTest, FindsTheNewestMatchesFirstAndEachOnce) {
    struct Case {
        const char* query;
        std::function<bool(std::int64_t)> matches;
    };
    const Case cases[] = {
        {"all", [](auto) { return true; }},
        {"every2", [](auto i) { return i % 2 == 0; }},
        {"every7", [](auto i) { return i % 7 == 0; }},
        {"every60", [](auto i) { return i % 60 == 0; }},
        {"every999", [](auto i) { return i % 999 == 0; }},
        {"old", [](auto i) { return i < 40; }},
        {"every7 -every2", [](auto i) { return i % 14 == 7; }},
        {"\"every2 every7\"", [](auto i) { return i % 14 == 0; }},
        {"every60 every7", [](auto i) { return i % 420 == 0; }},
        {"old every999", [](auto i) { return i == 0; }},
        {"never", [](auto) { return false; }},
    };
    for (const auto& [query, matches] : cases) {
        for (const Person& who : {kNobody, kAnn}) {
            auto found = all_ids(who, "/api/posts/search?limit=100&q=" + gatehouse::percent_encode(query));
            const auto wanted = expected(who, matches);
            ASSERT_EQ(found.size(), wanted.size()) << query;
            for (std::size_t begin = 0; begin < found.size(); begin += 100) {  // a window is ranked in itself
                const auto end = std::min(begin + 100, found.size());
                std::sort(found.begin() + static_cast<std::ptrdiff_t>(begin),
                          found.begin() + static_cast<std::ptrdiff_t>(end), std::greater<>());
            }
            EXPECT_EQ(found, wanted) << query;
        }
    }
}

TEST(SearchWindowTest, HoldsTheLabelsOfAllPostsInItAndNoMore) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 5'000; ++i) {
        const auto newest = static_cast<std::int64_t>(random() >> (1U + random() % 20));
        const auto width = static_cast<std::int64_t>(random() >> (1U + random() % 40));
        const auto window = posts::windows::back_from(newest, width);
        ASSERT_LE(window.begin, std::max<std::int64_t>(newest - width, 0));
        if (window.labels.empty()) continue;  // everything
        const auto is_labelled = [&](std::int64_t id) {
            const auto labels = posts::windows::labels(id);
            return std::ranges::any_of(
                labels, [&](const std::string& label) { return window.labels.find(label) != std::string::npos; });
        };
        const auto inside = static_cast<std::uint64_t>(newest - window.begin + 1);
        for (const std::int64_t id :
             {window.begin, window.begin + static_cast<std::int64_t>(random() % inside), newest}) {
            EXPECT_TRUE(is_labelled(id));
        }
        EXPECT_FALSE(window.begin > 0 && is_labelled(window.begin - 1));
        EXPECT_LE(std::ranges::count(window.labels, '|'), 5);
    }
}

TEST(SearchWindowTest, GrowsWithWhatIsMissing) {
    using posts::windows::next_width;
    EXPECT_EQ(next_width(1'000, 100, 100), 1'400);
    EXPECT_EQ(next_width(1'000, 190, 10), 250);
    EXPECT_EQ(next_width(1'000, 0, 200), 64'000);
    EXPECT_GT(next_width(std::int64_t{1} << 62, 0, 200), 0);
}

}  // namespace

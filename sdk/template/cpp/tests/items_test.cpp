// The service through the SDK's test host: no gateway, no socket, a fake clock. A broken rule of the ABI fails the
// test.
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <chrono>
#include <string>

#include "test_config.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

namespace {

using gatehouse::testing::Answer;

class ItemsTest : public ::testing::Test {
protected:
    // The path of a new item.
    std::string add(const std::string& title) {
        const Answer created = host_.request("POST", kItems).json(R"({"title":")" + title + R"("})").send();
        EXPECT_EQ(created.status, 201) << created.body;
        return created.header("location");
    }
    Answer get(const std::string& target) { return host_.request("GET", target).send(); }

    static inline const std::string kItems = "/api/gatehouse_sample";
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), test_config()};
};

TEST_F(ItemsTest, ReadsBackWhatWasAdded) {
    const std::string path = add("first");
    const Answer item = get(path);
    EXPECT_EQ(item.status, 200);
    EXPECT_EQ(item.json().at("title"), "first");
    EXPECT_EQ(item.json().at("text"), "");
    EXPECT_TRUE(item.has_header("etag"));
}

TEST_F(ItemsTest, NamesEveryBadField) {
    const Answer bad = host_.request("POST", kItems).json(R"({"title":"","text":1})").send();
    EXPECT_EQ(bad.status, 422);
    EXPECT_EQ(bad.error_pointers(), (std::vector<std::string>{"/title", "/text"}));
    EXPECT_EQ(host_.request("POST", kItems).json("{").send().status, 400);
    EXPECT_EQ(host_.request("POST", kItems).body("title=x", "text/plain").send().status, 415);
}

TEST_F(ItemsTest, ListsNewestFirstInPages) {
    for (const char* title : {"a", "b", "c"}) add(title);
    const auto first = get(kItems + "?limit=2").json();
    EXPECT_EQ(first.at("items").at(0).at("title"), "c");
    EXPECT_EQ(first.at("items").at(1).at("title"), "b");
    const std::string cursor(first.at("next_cursor").as_string());
    EXPECT_EQ(get(kItems + "?limit=2&cursor=" + cursor).json().at("items").at(0).at("title"), "a");
    EXPECT_EQ(get(kItems + "?cursor=forged").status, 422);
}

TEST_F(ItemsTest, ChangesOnlyWhatIsNamed) {
    const std::string path = add("old");
    host_.advance(std::chrono::seconds(1));
    const Answer changed = host_.request("PATCH", path).json(R"({"title":"new"})").send();
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.json().at("title"), "new");
    EXPECT_NE(changed.json().at("created_at"), changed.json().at("updated_at"));
    EXPECT_EQ(host_.request("PATCH", path).json(R"({"title":null})").send().status, 422);
}

TEST_F(ItemsTest, KeepsTwoPeopleFromOverwritingEachOther) {
    const std::string path = add("draft");
    const std::string seen = get(path).header("etag");
    EXPECT_EQ(host_.request("PATCH", path).header("if-match", seen).json(R"({"text":"mine"})").send().status, 200);
    EXPECT_EQ(host_.request("PATCH", path).header("if-match", seen).json(R"({"text":"yours"})").send().status, 412);
    EXPECT_EQ(get(path).json().at("text"), "mine");
}

TEST_F(ItemsTest, RemovesOnce) {
    const std::string path = add("gone soon");
    EXPECT_EQ(host_.request("DELETE", path).send().status, 204);
    EXPECT_EQ(host_.request("DELETE", path).send().status, 404);
    EXPECT_EQ(get(path).status, 404);
    EXPECT_EQ(host_.request("PATCH", path).json("{}").send().status, 404);
}

}  // namespace

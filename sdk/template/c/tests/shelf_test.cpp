// The plugin in the SDK's test host: no gateway, no socket. A broken rule of the ABI fails the test.
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

namespace {

class ShelfTest : public ::testing::Test {
protected:
    int put(const std::string& key, const std::string& text) {
        return host_.request("PUT", kTexts + "/" + key).body(text, "text/plain").send().status;
    }
    gatehouse::testing::Answer get(const std::string& key) { return host_.request("GET", kTexts + "/" + key).send(); }

    static inline const std::string kTexts = "/api/gatehouse_sample";
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1()};
};

TEST_F(ShelfTest, KeepsAndReplacesTexts) {
    EXPECT_EQ(put("a", "one"), 201);
    EXPECT_EQ(put("a", "two"), 204);
    EXPECT_EQ(get("a").body, "two");
    EXPECT_EQ(put("empty", ""), 201);
    EXPECT_EQ(get("empty").status, 200);
    EXPECT_EQ(host_.request("GET", kTexts).send().body, R"(["a","empty"])");
}

TEST_F(ShelfTest, RemovesOnce) {
    put("a", "one");
    EXPECT_EQ(host_.request("DELETE", kTexts + "/a").send().status, 204);
    EXPECT_EQ(host_.request("DELETE", kTexts + "/a").send().status, 404);
    EXPECT_EQ(get("a").status, 404);
}

TEST_F(ShelfTest, RefusesWhatIsNoKey) {
    for (const std::string& key : std::vector<std::string>{"A", "a%20b", "%22", std::string(65, 'x')})
        EXPECT_EQ(put(key, "x"), 422) << key;
    EXPECT_EQ(put(std::string(64, 'x'), "x"), 201);
}

TEST_F(ShelfTest, IsBounded) {
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(put(std::to_string(i), "x"), 201);
    EXPECT_EQ(put("one-more", "x"), 409);
    EXPECT_EQ(put("7", "still replaced"), 204);
    EXPECT_EQ(put("large", std::string(64 * 1024 + 1, 'x')), 413);
}

}  // namespace

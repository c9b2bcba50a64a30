#include "gateway/host/plugin_route.hpp"

#include <gtest/gtest.h>

namespace gatehouse::host {
namespace {

void ignore(void*, gh_request*, const gh_request_view*) {}

PluginRoute route(std::string method, std::string pattern) {
    PluginRoute result;
    result.method = std::move(method);
    result.pattern = std::move(pattern);
    result.handle = &ignore;
    return result;
}

class PluginRouteTest : public ::testing::Test {
protected:
    PluginRouteTest() {
        for (const auto& [method, pattern] :
             std::initializer_list<std::pair<const char*, const char*>>{{"GET", "/posts"},
                                                                        {"POST", "/posts"},
                                                                        {"GET", "/posts/{id:int}"},
                                                                        {"GET", "/posts/{slug}"},
                                                                        {"GET", "/posts/search"},
                                                                        {"DELETE", "/posts/{id:int}/likes/{user}"},
                                                                        {"GET", "/files/{path*}"}}) {
            EXPECT_EQ(table_.add(route(method, pattern)), "");
        }
    }
    // "pattern name=value …", "404" or "405".
    std::string find(std::string_view method, std::string_view path) {
        const PluginRoute* found = nullptr;
        const PluginMatch result = table_.find(method, path, found, captures_);
        if (result != PluginMatch::found) return result == PluginMatch::not_found ? "404" : "405";
        std::string text = found->pattern;
        for (std::size_t i = 0; i < captures_.size(); ++i) {
            const gh_kv& capture = captures_.data()[i];
            text += " " + std::string(capture.key.ptr, capture.key.len) + "=" +
                    std::string(capture.val.ptr, capture.val.len);
        }
        return text;
    }
    PluginRouteTable table_;
    Captures captures_;
};

TEST_F(PluginRouteTest, FindsTheMostSpecificRoute) {
    EXPECT_EQ(find("GET", "/posts"), "/posts");
    EXPECT_EQ(find("GET", "/posts/"), "/posts");
    EXPECT_EQ(find("HEAD", "/posts"), "/posts");
    EXPECT_EQ(find("GET", "/posts/search"), "/posts/search");
    EXPECT_EQ(find("GET", "/posts/42"), "/posts/{id:int} id=42");
    EXPECT_EQ(find("GET", "/posts/4x"), "/posts/{slug} slug=4x");
    EXPECT_EQ(find("DELETE", "/posts/7/likes/ann"), "/posts/{id:int}/likes/{user} id=7 user=ann");
}

TEST_F(PluginRouteTest, DecodesCaptures) {
    EXPECT_EQ(find("GET", "/posts/a%20b"), "/posts/{slug} slug=a b");
    EXPECT_EQ(find("GET", "/posts/%D1%8F"), "/posts/{slug} slug=я");
    EXPECT_EQ(find("GET", "/posts/100%"), "/posts/{slug} slug=100%");
}

TEST_F(PluginRouteTest, TakesTheRestOfThePath) {
    EXPECT_EQ(find("GET", "/files/a/b/c"), "/files/{path*} path=a/b/c");
    EXPECT_EQ(find("GET", "/files"), "/files/{path*} path=");
}

TEST_F(PluginRouteTest, TellsUnknownPathsFromWrongMethods) {
    EXPECT_EQ(find("GET", "/nothing"), "404");
    EXPECT_EQ(find("GET", "/posts/1/2"), "404");
    EXPECT_EQ(find("PUT", "/posts"), "405");
    EXPECT_EQ(table_.allowed_methods("/posts"), "GET, HEAD, POST");
    EXPECT_EQ(find("DELETE", "/posts/99999999999999999999/likes/x"), "404");  // no 63-bit number
}

TEST_F(PluginRouteTest, RefusesConflictsAndBadPatterns) {
    EXPECT_NE(table_.add(route("GET", "/posts/{other}")), "");
    EXPECT_NE(table_.add(route("GET", "/posts/{n:int}")), "");
    EXPECT_NE(table_.add(route("GET", "posts")), "");
    EXPECT_NE(table_.add(route("GET", "/a/{rest*}/b")), "");
    EXPECT_NE(table_.add(route("GET", "/a/{}")), "");
    EXPECT_NE(table_.add(route("GET", "/a/{x")), "");
    EXPECT_NE(table_.add(route("GET", "/a//b")), "");
    EXPECT_NE(table_.add(route("", "/a")), "");
}

TEST_F(PluginRouteTest, SurvivesPathsWithMoreSegmentsThanItLooksAt) {
    std::string path;
    for (int i = 0; i < 1000; ++i) path += "/x";
    EXPECT_EQ(find("GET", path), "404");
    EXPECT_EQ(table_.allowed_methods(path), "");
}

}  // namespace
}  // namespace gatehouse::host

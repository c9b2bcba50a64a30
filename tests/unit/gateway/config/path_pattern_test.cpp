#include "gateway/config/path_pattern.hpp"

#include <gtest/gtest.h>

#include "gateway/config/conflicts.hpp"

namespace gatehouse::config {
namespace {

PathPattern pattern(const std::string& text) {
    auto parsed = parse_path_pattern(text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : PathPattern{};
}

TEST(PathPatternTest, ShapesForgetNames) {
    EXPECT_EQ(pattern("/").shape(), "/");
    EXPECT_EQ(pattern("/**").shape(), "/**");
    EXPECT_EQ(pattern("/a/{id}/{n:int}/**").shape(), "/a/{}/{int}/**");
    EXPECT_EQ(pattern("/a/").shape(), "/a");
}

TEST(PathPatternTest, MatchesWholeSegments) {
    const auto expect = [](const char* text, const char* path, bool expected) {
        EXPECT_EQ(matches(pattern(text), path), expected) << text << " " << path;
    };
    expect("/", "/", true);
    expect("/", "/a", false);
    expect("/a", "/a/", true);
    expect("/a", "/ab", false);
    expect("/a/**", "/a", true);
    expect("/a/**", "/a/b/c", true);
    expect("/a/**", "/ab", false);
    expect("/**", "/", true);
    expect("/a/{id:int}", "/a/7", true);
    expect("/a/{id:int}", "/a/7x", false);
    expect("/a/{id}", "/a/7x", true);
    expect("/a/{id}", "/a", false);
    expect("/a/{id}", "/a/b/c", false);
}

TEST(PathPatternTest, IsStrictlyOrderedBySpecificity) {
    const std::vector<std::string> order = {"/a/b/c",       "/a/b/{x:int}", "/a/b/{x}",   "/a/b/**",
                                            "/a/{x:int}/c", "/a/{x}/c",     "/a/{x}/{y}", "/a/{x}/**",
                                            "/a/**",        "/{x}/b/c",     "/**"};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = 0; j < order.size(); ++j) {
            EXPECT_EQ(is_more_specific(pattern(order[i]), pattern(order[j])), i < j) << order[i] << " " << order[j];
        }
    }
}

std::vector<Route> routes(const std::vector<std::pair<std::string, std::vector<std::string>>>& rows,
                          const std::string& host = {}) {
    std::vector<Route> result;
    for (const auto& [path, methods] : rows) {
        Route route;
        route.path = path;
        route.methods = methods;
        route.host = host;
        result.push_back(route);
    }
    return result;
}

TEST(ConflictsTest, OnlyTrueTiesAreConflicts) {
    EXPECT_TRUE(find_conflicts(routes({{"/a", {}}, {"/a", {"GET"}}, {"/a", {"POST"}}, {"/{x}", {}}, {"/{x:int}", {}}}))
                    .empty());
    EXPECT_EQ(find_conflicts(routes({{"/a", {}}, {"/a/", {}}})).size(), 1u);
    EXPECT_EQ(find_conflicts(routes({{"/{x}", {"GET"}}, {"/{y}", {"PUT", "GET"}}})).size(), 1u);
    EXPECT_EQ(find_conflicts(routes({{"/a", {}}, {"/a", {}}, {"/a", {}}})).size(), 2u);
}

TEST(ConflictsTest, RoutesWhoseRequestsAreAllTakenAreShadowed) {
    EXPECT_EQ(find_shadowed(routes({{"/a/**", {}}, {"/a", {}}, {"/a/{x}/**", {}}})).size(), 1u);
    EXPECT_EQ(
        find_shadowed(routes({{"/**", {"GET"}}, {"/", {"GET"}}, {"/{x}", {}}, {"/{x}/{y}/**", {"GET", "PUT"}}})).size(),
        1u);
    EXPECT_TRUE(find_shadowed(routes({{"/a/**", {}}, {"/a", {}}, {"/a/{x:int}/**", {}}})).empty());
    EXPECT_TRUE(find_shadowed(routes({{"/a/**", {}}, {"/a", {"GET"}}, {"/a/{x}/**", {}}})).empty());
    EXPECT_TRUE(find_shadowed(routes({{"/a/**", {}}, {"/a/{x}/**", {}}})).empty());
    EXPECT_TRUE(find_shadowed(routes({{"/**", {}}, {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}", {}}})).empty());
}

}  // namespace
}  // namespace gatehouse::config

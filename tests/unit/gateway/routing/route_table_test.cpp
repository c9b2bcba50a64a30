#include "gateway/routing/route_table.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "gateway/config/conflicts.hpp"
#include "gateway/config/path_pattern.hpp"
#include "gateway/routing/explain.hpp"

namespace gatehouse::routing {
namespace {

struct Row {
    std::string path;
    std::vector<std::string> methods = {};
    std::string host = {};
};

std::vector<config::Route> make(const std::vector<Row>& rows) {
    std::vector<config::Route> routes;
    for (const Row& row : rows) {
        config::Route route;
        route.path = row.path;
        route.name = row.path;
        route.methods = row.methods;
        route.host = row.host;
        route.to = "service";
        routes.push_back(route);
    }
    return routes;
}

std::string winner(const RouteTable& table, std::string_view method, std::string_view host, std::string_view path) {
    const Match match = table.find(method, host, path);
    switch (match.result) {
        case MatchResult::found: return match.route->path;
        case MatchResult::no_route: return "404";
        case MatchResult::method_not_allowed: return "405";
    }
    return {};
}

TEST(RouteTableTest, PrefersTheMoreSpecificPath) {
    const RouteTable table(
        make({{"/**"}, {"/a/**"}, {"/a/{x}"}, {"/a/{x:int}"}, {"/a/b"}, {"/a/{x}/c"}, {"/a/b/{y}"}}));
    EXPECT_EQ(winner(table, "GET", "", "/"), "/**");
    EXPECT_EQ(winner(table, "GET", "", "/z"), "/**");
    EXPECT_EQ(winner(table, "GET", "", "/a"), "/a/**");
    EXPECT_EQ(winner(table, "GET", "", "/a/b"), "/a/b");
    EXPECT_EQ(winner(table, "GET", "", "/a/7"), "/a/{x:int}");
    EXPECT_EQ(winner(table, "GET", "", "/a/x"), "/a/{x}");
    EXPECT_EQ(winner(table, "GET", "", "/a/b/c"), "/a/b/{y}");
    EXPECT_EQ(winner(table, "GET", "", "/a/7/c"), "/a/{x}/c");
    EXPECT_EQ(winner(table, "GET", "", "/a/7/d"), "/a/**");
}

TEST(RouteTableTest, PrefersTheMoreSpecificHostOverAnyPath) {
    const RouteTable table(make(
        {{"/a"}, {"/**", {}, "*.example.com"}, {"/{x}", {}, "shop.example.com"}, {"/**", {}, "*.eu.example.com"}}));
    EXPECT_EQ(winner(table, "GET", "other.net", "/a"), "/a");
    EXPECT_EQ(winner(table, "GET", "a.example.com", "/a"), "/**");
    EXPECT_EQ(winner(table, "GET", "shop.example.com:8080", "/a"), "/{x}");
    EXPECT_EQ(winner(table, "GET", "shop.example.com.", "/a"), "/{x}");
    EXPECT_EQ(winner(table, "GET", "shop.example.com", "/a/b"), "/**");
    EXPECT_EQ(winner(table, "GET", "example.com", "/a"), "/a");
    EXPECT_EQ(winner(table, "GET", "x.example.com", "/zz/zz"), "/**");
    EXPECT_EQ(table.find("GET", "x.eu.example.com", "/").index, 3u);
    EXPECT_EQ(winner(table, "GET", "[::1]:80", "/a"), "/a");
    EXPECT_EQ(winner(table, "GET", "[", "/a"), "/a");
    EXPECT_EQ(winner(table, "GET", ".example.com", "/b"), "404");
}

TEST(RouteTableTest, FallsBackToALessSpecificRouteForTheMethod) {
    const RouteTable table(make({{"/login", {"POST"}}, {"/**", {"GET"}}, {"/only", {"PUT"}}}));
    EXPECT_EQ(winner(table, "POST", "", "/login"), "/login");
    EXPECT_EQ(winner(table, "GET", "", "/login"), "/**");
    EXPECT_EQ(winner(table, "DELETE", "", "/login"), "405");
    EXPECT_EQ(table.allowed_methods("", "/login"), "GET, HEAD, POST");
    EXPECT_EQ(table.allowed_methods("", "/only"), "GET, HEAD, PUT");
}

TEST(RouteTableTest, ServesHeadByGetUnlessHeadIsNamed) {
    const RouteTable table(make({{"/a", {"GET"}}, {"/b", {"GET"}}, {"/b", {"HEAD"}}, {"/c", {"GET"}}, {"/c"}}));
    EXPECT_EQ(table.find("HEAD", "", "/a").index, 0u);
    EXPECT_EQ(table.find("HEAD", "", "/b").index, 2u);
    EXPECT_EQ(table.find("HEAD", "", "/c").index, 3u);
    EXPECT_EQ(table.find("PATCH", "", "/c").index, 4u);
    EXPECT_EQ(winner(table, "get", "", "/a"), "405");
}

TEST(RouteTableTest, GivesTheRestOfThePath) {
    const RouteTable table(make({{"/a/**"}, {"/**"}, {"/x/{id}/**"}}));
    EXPECT_EQ(table.find("GET", "", "/a").rest, "");
    EXPECT_EQ(table.find("GET", "", "/a/").rest, "");
    EXPECT_EQ(table.find("GET", "", "/a/b").rest, "b");
    EXPECT_EQ(table.find("GET", "", "/a/b/c/").rest, "b/c/");
    EXPECT_EQ(table.find("GET", "", "/z/y").rest, "z/y");
    EXPECT_EQ(table.find("GET", "", "/x/1/y").rest, "y");
}

TEST(RouteTableTest, IsEmptyWithoutRoutes) {
    const RouteTable table({});
    EXPECT_EQ(winner(table, "GET", "", "/"), "404");
    EXPECT_EQ(winner(table, "", "", ""), "404");
    EXPECT_EQ(table.allowed_methods("", "/"), "");
}

// The plain definition: of all routes that match, none is more specific than the one found.
class Reference final {
public:
    explicit Reference(const std::vector<config::Route>& routes) : routes_(routes) {}

    const config::Route* find(const std::string& method, const std::string& host, const std::string& path) const {
        const config::Route* best = nullptr;
        for (const config::Route& route : routes_) {
            if (!matches(route, method, host, path)) continue;
            if (best == nullptr || beats(route, *best, method)) best = &route;
        }
        return best;
    }

private:
    static bool matches(const config::Route& route, const std::string& method, const std::string& host,
                        const std::string& path) {
        const bool by_method = rank(route, method) > 0;
        const bool by_host =
            route.host.empty() || route.host == host ||
            (route.host[0] == '*' && host.size() >= route.host.size() && host.ends_with(route.host.substr(1)));
        return by_method && by_host && config::matches(*config::parse_path_pattern(route.path), path);
    }
    static int rank(const config::Route& route, const std::string& method) {
        const auto has = [&](const char* name) {
            return std::find(route.methods.begin(), route.methods.end(), name) != route.methods.end();
        };
        if (has(method.c_str())) return 3;
        if (method == "HEAD" && has("GET")) return 2;
        return route.methods.empty() ? 1 : 0;
    }
    static std::size_t host_rank(const config::Route& route) {
        if (route.host.empty()) return 0;
        return route.host[0] == '*' ? route.host.size() : 1'000;
    }
    static bool beats(const config::Route& left, const config::Route& right, const std::string& method) {
        if (host_rank(left) != host_rank(right)) return host_rank(left) > host_rank(right);
        const auto left_path = *config::parse_path_pattern(left.path);
        const auto right_path = *config::parse_path_pattern(right.path);
        if (left_path.shape() != right_path.shape()) return config::is_more_specific(left_path, right_path);
        return rank(left, method) > rank(right, method);
    }

    const std::vector<config::Route>& routes_;
};

TEST(RouteTablePropertyTest, FindsWhatTheDefinitionFinds) {
    std::mt19937 random(20'240'601);
    const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
    for (int round = 0; round < 300; ++round) {
        std::vector<Row> rows;
        for (auto count = random() % 12 + 1; count > 0; --count) {
            Row row;
            for (auto depth = random() % 4; depth > 0; --depth)
                row.path += "/" + pick({"a", "b", "7", "{p" + std::to_string(depth) + "}",
                                        "{n" + std::to_string(depth) + ":int}"});
            if (random() % 3 == 0) row.path += "/**";
            if (row.path.empty()) row.path = "/";
            const std::vector<std::vector<std::string>> methods = {{},      {}, {"GET"}, {"POST"}, {"GET", "HEAD"},
                                                                   {"HEAD"}};
            row.methods = methods[random() % methods.size()];
            row.host = pick({"", "", "", "h.example.com", "*.example.com", "*.com"});
            rows.push_back(row);
        }
        std::vector<config::Route> routes = make(rows);
        for (auto conflicts = config::find_conflicts(routes); !conflicts.empty();
             conflicts = config::find_conflicts(routes)) {
            routes.erase(routes.begin() + static_cast<std::ptrdiff_t>(conflicts.front().second));
        }
        const RouteTable table(routes);
        const Reference reference(table.routes());
        for (int question = 0; question < 60; ++question) {
            std::string path;
            for (auto depth = random() % 5; depth > 0; --depth) path += "/" + pick({"a", "b", "7", "c"});
            if (path.empty() || random() % 5 == 0) path += "/";
            const std::string method = pick({"GET", "HEAD", "POST", "PUT"});
            const std::string host = pick({"", "h.example.com", "x.example.com", "example.com", "net"});
            EXPECT_EQ(table.find(method, host, path).route, reference.find(method, host, path))
                << method << " " << host << path;
        }
    }
}

TEST(RouteTablePropertyTest, AThousandRoutesAreFoundInWellUnderAMicrosecond) {
    std::vector<Row> rows;
    std::vector<std::string> paths;
    for (int i = 0; i < 250; ++i) {
        const std::string service = "/api/service" + std::to_string(i);
        rows.push_back({service + "/**"});
        rows.push_back({service + "/{id:int}", {"GET"}});
        rows.push_back({service + "/{id:int}/items/{item}"});
        rows.push_back({service + "/search", {"GET"}});
        paths.push_back(service + "/7");
        paths.push_back(service + "/search");
        paths.push_back(service + "/7/items/x");
        paths.push_back(service + "/else/where");
    }
    const RouteTable table(make(rows));
    const auto begin = std::chrono::steady_clock::now();
    constexpr int kRounds = 50;
    std::size_t found = 0;
    for (int round = 0; round < kRounds; ++round) {
        for (const std::string& path : paths)
            found += table.find("GET", "gateway.example.com", path).route != nullptr ? 1 : 0;
    }
    const auto spent = std::chrono::steady_clock::now() - begin;
    const auto each =
        std::chrono::duration<double, std::nano>(spent).count() / (kRounds * static_cast<double>(paths.size()));
    EXPECT_EQ(found, kRounds * paths.size());
    RecordProperty("nanoseconds_per_find", static_cast<int>(each));
    std::printf("%.0f ns per find\n", each);
    EXPECT_LT(each, 20'000) << "it is a few hundred on an idle machine without sanitizers";
}

TEST(ExplainTest, NamesTheLosersAndWhy) {
    const RouteTable table(
        make({{"/a/**"}, {"/a/{x}", {"GET"}}, {"/a/b", {"POST"}}, {"/a/b", {}, "h"}, {"/c"}, {"/a/{x}"}}));
    const Explanation explanation = explain(table, "GET", "", "/a/b");
    ASSERT_NE(explanation.match.route, nullptr);
    EXPECT_EQ(explanation.match.index, 1u);
    std::vector<std::string> reasons;
    for (const Loser& loser : explanation.losers) reasons.push_back(loser.route->path + ": " + loser.reason);
    EXPECT_EQ(reasons, (std::vector<std::string>{"/a/**: its path is less specific than /a/{x}", "/a/b: it is for POST",
                                                 "/a/b: it is for the host h",
                                                 "/a/{x}: the winner names the method, this one takes all"}));
}

}  // namespace
}  // namespace gatehouse::routing

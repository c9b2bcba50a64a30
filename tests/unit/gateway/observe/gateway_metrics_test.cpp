#include "gateway/observe/gateway_metrics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace gatehouse::observe {
namespace {

// A lint of the exposition as a scraper would read it.
void lint(const std::string& text) {
    static const std::regex sample(R"(([a-z_][a-z0-9_]*)(\{([a-z_]+="([^"\\]|\\.)*",?)*\})? (-?[0-9.e+-]+|\+Inf|NaN))");
    std::map<std::string, std::string> types;
    std::set<std::string> seen;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            std::istringstream parts(line.substr(7));
            std::string name, kind;
            parts >> name >> kind;
            EXPECT_TRUE(types.emplace(name, kind).second) << "second TYPE: " << line;
            EXPECT_TRUE(name.starts_with("gatehouse_")) << line;
            EXPECT_EQ(kind == "counter", name.ends_with("_total")) << line;
            continue;
        }
        if (line.starts_with("#")) continue;
        std::smatch match;
        ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
        EXPECT_TRUE(seen.insert(match[1].str() + match[2].str()).second) << "twice: " << line;
        std::string name = match[1];
        if (!types.contains(name)) name = name.substr(0, name.rfind('_'));
        EXPECT_TRUE(types.contains(name)) << "no TYPE: " << line;
    }
    EXPECT_TRUE(text.ends_with("\n"));
}

TEST(GatewayMetrics, ExposesWhatALinterAccepts) {
    Metrics metrics(2);
    GatewayMetrics gateway(metrics);
    gateway.route("GET /api/users/{id:int}")->count("GET", 200, 0.004);
    gateway.route("odd \"name\"")->count("BREW", 0, 20);
    gateway.service("users").count(502, 0.1);
    gateway.count_error("no_route");
    gateway.count_rate_limited("member");
    gateway.set_plugin("users", {.requests = 3, .lent_bytes = 1}, 0);
    gateway.set_log_dropped("access", 12);
    gateway.set_reload(false, 0);
    gateway.set_reload(true, 1'700'000'000);
    gateway.set_build("1.0.0", "abc");
    gateway.auth_decision("session", "denied").add();
    std::string text;
    metrics.write(text);
    lint(text);
    for (const char* line : {
             "gatehouse_requests_total{route=\"GET /api/users/{id:int}\",method=\"GET\",code=\"2xx\"} 1\n",
             "gatehouse_requests_total{route=\"odd \\\"name\\\"\",method=\"other\",code=\"none\"} 1\n",
             "gatehouse_upstream_requests_total{service=\"users\",code=\"5xx\"} 1\n",
             "gatehouse_errors_total{reason=\"no_route\"} 1\n",
             "gatehouse_plugin_in_flight{service=\"users\",kind=\"request\"} 3\n",
             "gatehouse_plugin_in_flight{service=\"users\",kind=\"bytes\"} 1\n",
             "gatehouse_log_dropped_lines_total{log=\"access\"} 12\n",
             "gatehouse_config_last_reload_success 1\n",
             "gatehouse_auth_decisions_total{authenticator=\"session\",decision=\"denied\"} 1\n",
             "gatehouse_request_duration_seconds_count{route=\"odd \\\"name\\\"\"} 1\n",
         }) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(GatewayMetrics, CountsARouteAgainAfterAReload) {
    Metrics metrics(1);
    GatewayMetrics gateway(metrics);
    gateway.route("home")->count("GET", 200, 0.1);
    gateway.route("home")->count("GET", 200, 0.1);
    std::string text;
    metrics.write(text);
    EXPECT_NE(text.find("gatehouse_requests_total{route=\"home\",method=\"GET\",code=\"2xx\"} 2\n"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::observe

#include "gateway/config/load.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/config/effective.hpp"
#include "gateway/config/plugin_config.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::config {
namespace {

using namespace std::chrono_literals;

constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";

Configuration load_good(const std::string& text) {
    ::setenv("GATEHOUSE_TEST_SECRET", kSecret, 1);
    Loaded loaded = load_text(text, "routes.yaml", "");
    EXPECT_TRUE(loaded) << format_diagnostics(loaded);
    return std::move(loaded.configuration);
}

constexpr char kShop[] = R"(version: 1
gateway:
  listen: [{ at: "0.0.0.0:8080" }, { at: "[::1]:0" }, { at: "unix:/run/gw.sock" }]
  admin: { at: "127.0.0.1:9901", token: "env:GATEHOUSE_TEST_SECRET" }
  trusted_proxies: [127.0.0.1, 10.0.0.0/8, "2001:db8::/32"]
  identity_headers: [X-User-ID, X-User-Roles]
  limits: { header_bytes: 16KiB, headers: 50, body: 1MiB, header_timeout: 5s, body_timeout: 6s, keepalive_timeout: 7s, connections: 10 }
  log: { to: "file:var/access.log", redact: [X-Api-Key] }
  storage: { default: "postgresql://gw:secret@db/shop" }
  loops: 3
  drain_timeout: 1m
  internal: { at: "127.0.0.1:9902" }
  plugins: { crash_file: /var/lib/gatehouse/crashes.log, canary: { percent: 5, time: 10s, errors: 1, slower: 150 } }
  assertion_key: env:GATEHOUSE_TEST_SECRET
services:
  auth: plugin:auth
  posts: { at: plugin:posts-v2, workers: 8, queue: 16, probe: [/api/posts, "/api/posts?limit=1"], config: { page_size: 50, tags: [a, "1", 1.5, true, null], nested: { key: "env:GATEHOUSE_TEST_SECRET" } } }
  orders: { at: ["http://10.0.4.11:9005", "http://Orders.internal"], pool: { connections: 5, queue: 6, queue_timeout: 7ms }, served: true }
  cart: "http+unix:/run/cart.sock"
  stats: spawn:stats
  ledger: { at: [plugin:ledger, spawn:ledger-next, "http://10.0.4.7:9004"], weights: [90, 0, 10], process: { memory: 256MiB, files: 512, loops: 2 } }
auth:
  session:
    forward: { to: auth, path: /api/auth/verify, timeout: 300ms }
    send: [Authorization, Cookie]
    take: [X-User-ID]
    cache: { ttl: 5s, by: [Authorization, "cookie:session"] }
    if_down: allow
    recheck: 2s
policies:
  default: { timeout: { total: 10s, connect: 2s }, rate: { limit: 100/s } }
  member: { auth: session, rate: { limit: 600/min, burst: 100, by: user }, require: { roles: [user, admin] } }
  visitor: { auth: { optional: session }, cors: { origins: ["https://app.example.com", "http://localhost:5173"], credentials: true, max_age: 1h } }
routes:
  - { path: /api/auth/**, to: auth, auth: none }
  - { path: /api/posts/**, methods: [GET], to: posts, use: visitor, body: 1KiB }
  - { path: /api/posts/**, to: posts, use: [member], timeout: { total: none, idle: 5m } }
  - { name: orders, host: Shop.Example.com, path: /orders/**, to: orders, rewrite: /v2/**, allow_encoded_slash: true, rate: none }
  - { path: /old/**, redirect: { to: "https://new.example/**", status: 301 }, rate: { limit: 5/s, by: route } }
)";

TEST(LoadTest, ReadsTheGateway) {
    const Gateway gateway = load_good(kShop).gateway;
    ASSERT_EQ(gateway.listen.size(), 3u);
    EXPECT_EQ(gateway.listen[0].host, "0.0.0.0");
    EXPECT_EQ(gateway.listen[0].port, 8080);
    EXPECT_EQ(gateway.listen[1].host, "::1");
    EXPECT_TRUE(gateway.listen[2].is_unix);
    EXPECT_EQ(gateway.admin.token, kSecret);
    EXPECT_EQ(gateway.trusted_proxies.size(), 3u);
    EXPECT_EQ(gateway.trusted_proxies[1].prefix_bits, 104);
    EXPECT_EQ(gateway.identity_headers, (std::vector<std::string>{"X-User-ID", "X-User-Roles"}));
    EXPECT_EQ(gateway.limits.header_bytes, 16u * 1024);
    EXPECT_EQ(gateway.limits.keepalive_timeout, 7s);
    EXPECT_EQ(gateway.log.to, Log::Target::file);
    EXPECT_EQ(gateway.log.file, "var/access.log");
    EXPECT_EQ(gateway.log.redact, (std::vector<std::string>{"x-api-key"}));
    EXPECT_EQ(gateway.loops, 3u);
    EXPECT_EQ(gateway.drain_timeout, 60s);
    EXPECT_EQ(gateway.assertion_key, kSecret);
    ASSERT_TRUE(gateway.internal);
    EXPECT_EQ(gateway.internal->port, 9902);
    EXPECT_EQ(gateway.plugins.crash_file, "/var/lib/gatehouse/crashes.log");
    EXPECT_EQ(gateway.plugins.canary, (Canary{.percent = 5, .time = 10s, .errors = 1, .slower = 150}));
}

TEST(LoadTest, ReadsServices) {
    const auto services = load_good(kShop).services;
    const Service& posts = services.at("posts");
    EXPECT_EQ(posts.at.front().plugin, "posts-v2");
    EXPECT_EQ(posts.workers, 8u);
    EXPECT_EQ(posts.queue, 16u);
    EXPECT_EQ(posts.probes, (std::vector<std::string>{"/api/posts", "/api/posts?limit=1"}));
    const Service& orders = services.at("orders");
    ASSERT_EQ(orders.at.size(), 2u);
    EXPECT_EQ(orders.at[1].host, "orders.internal");
    EXPECT_EQ(orders.at[1].port, 80);
    EXPECT_EQ(orders.pool.queue_timeout, 7ms);
    EXPECT_TRUE(orders.is_served);
    EXPECT_EQ(services.at("cart").at.front().kind, Endpoint::Kind::unix_socket);
}

TEST(LoadTest, ReadsWhereTheCodeOfAServiceRuns) {
    const auto services = load_good(kShop).services;
    const Service& stats = services.at("stats");
    EXPECT_TRUE(stats.is_spawned());
    EXPECT_FALSE(stats.is_plugin());
    EXPECT_FALSE(stats.is_served);
    EXPECT_EQ(stats.library(), "stats");
    EXPECT_EQ(stats.process, Process{});
    EXPECT_EQ(stats.plugin_config, R"({"database":"postgresql://gw:secret@db/shop?schema=stats"})");
    const Service& ledger = services.at("ledger");
    EXPECT_TRUE(ledger.is_plugin());
    EXPECT_TRUE(ledger.is_spawned());
    EXPECT_TRUE(ledger.is_served);
    EXPECT_EQ(ledger.library(), "ledger");
    EXPECT_EQ(ledger.find(Endpoint::Kind::spawn)->plugin, "ledger-next");
    EXPECT_EQ(ledger.weights, (std::vector<std::uint32_t>{90, 0, 10}));
    EXPECT_EQ(ledger.plugin_weight(), 90u);
    EXPECT_EQ(ledger.remote_weight(), 10u);
    EXPECT_EQ(ledger.process, (Process{.memory = 256u << 20, .files = 512, .loops = 2}));
    EXPECT_EQ(services.at("orders").weights, (std::vector<std::uint32_t>{1, 1}));
    EXPECT_EQ(services.at("cart").library(), "");
}

TEST(LoadTest, GivesPluginsTheirConfigurationAsJson) {
    const auto services = load_good(kShop).services;
    const std::string database = R"("database":"postgresql://gw:secret@db/shop?schema=posts")";
    EXPECT_EQ(services.at("posts").plugin_config,
              R"({"page_size":50,"tags":["a","1",1.5,true,null],"nested":{"key":")" + std::string(kSecret) + R"("},)" +
                  database + "}");
    EXPECT_EQ(services.at("posts").shown_config.find("secret@"), std::string::npos);
    EXPECT_EQ(services.at("posts").shown_config.find(kSecret), std::string::npos);
    EXPECT_EQ(services.at("auth").plugin_config, R"({"database":"postgresql://gw:secret@db/shop?schema=auth"})");
}

TEST(LoadTest, KeepsTheDatabaseThatAServiceNames) {
    const auto services = load_good(
                              "version: 1\nservices:\n  a: { at: plugin:a, config: { database: \"sqlite:x.db\" } }\n  "
                              "b: plugin:b\nroutes: []\n")
                              .services;
    EXPECT_EQ(services.at("a").plugin_config, R"({"database":"sqlite:x.db"})");
    EXPECT_EQ(services.at("b").plugin_config, R"({"database":"sqlite:var/data/b.db"})");
}

TEST(LoadTest, ReadsWhoVerifiesCallers) {
    const Authenticator session = load_good(kShop).authenticators.at("session");
    EXPECT_EQ(session.forward.to, "auth");
    EXPECT_EQ(session.forward.timeout, 300ms);
    EXPECT_EQ(session.send, (std::vector<std::string>{"authorization", "cookie"}));
    EXPECT_EQ(session.take, (std::vector<std::string>{"X-User-ID"}));
    EXPECT_EQ(session.cache_by, (std::vector<std::string>{"authorization", "cookie:session"}));
    EXPECT_TRUE(session.allow_if_down);
    EXPECT_EQ(session.recheck, 2s);
}

TEST(LoadTest, LaysPoliciesOverEachOther) {
    const std::vector<Route> routes = load_good(kShop).routes;
    const Effective& member = routes[2].effective;
    EXPECT_EQ(routes[2].use, (std::vector<std::string>{"default", "member"}));
    EXPECT_EQ(member.total_timeout, 0ms);
    EXPECT_EQ(member.connect_timeout, 2s);
    EXPECT_EQ(member.idle_timeout, 5min);
    EXPECT_EQ(member.authenticator, "session");
    EXPECT_EQ(member.require_roles, (std::vector<std::string>{"user", "admin"}));
    ASSERT_EQ(member.rates.size(), 2u);
    EXPECT_EQ(member.rates[0].policy, "default");
    EXPECT_EQ(member.rates[1].burst, 100u);
    EXPECT_EQ(member.rates[1].by, RateLimit::By::user);
    EXPECT_TRUE(routes[1].effective.auth_optional);
    EXPECT_EQ(routes[1].effective.max_body, 1024u);
    EXPECT_EQ(routes[1].effective.cors.origins,
              (std::vector<std::string>{"https://app.example.com", "http://localhost:5173"}));
    EXPECT_TRUE(routes[1].effective.cors.credentials);
    EXPECT_EQ(routes[1].effective.cors.max_age, 1h);
    EXPECT_EQ(routes[2].effective.cors, Cors{});
    EXPECT_TRUE(routes[3].effective.rates.empty());
    EXPECT_EQ(routes[4].effective.rates[1].by, RateLimit::By::route);
}

TEST(LoadTest, ReadsRoutes) {
    const std::vector<Route> routes = load_good(kShop).routes;
    EXPECT_EQ(routes[1].name, "GET /api/posts/**");
    EXPECT_EQ(routes[3].host, "shop.example.com");
    EXPECT_EQ(routes[3].rewrite, "/v2/**");
    EXPECT_TRUE(routes[3].allow_encoded_slash);
    ASSERT_TRUE(routes[4].redirect);
    EXPECT_EQ(routes[4].redirect->status, 301);
    EXPECT_EQ(routes[4].position.line, 39);
}

TEST(LoadTest, UsesDefaultsForWhatIsAbsent) {
    const Configuration configuration =
        load_good("version: 1\nservices: { a: plugin:a }\nauth:\n  s: { forward: { to: a, path: /v } }\nroutes: []\n");
    EXPECT_EQ(configuration.gateway.listen.front().host, "127.0.0.1");
    EXPECT_EQ(configuration.gateway.identity_headers.size(), 4u);
    EXPECT_EQ(configuration.gateway.log.redact, (std::vector<std::string>{"authorization", "cookie"}));
    const Authenticator& authenticator = configuration.authenticators.at("s");
    EXPECT_EQ(authenticator.take, configuration.gateway.identity_headers);
    EXPECT_EQ(authenticator.send, (std::vector<std::string>{"authorization", "cookie"}));
    EXPECT_EQ(authenticator.cache_ttl, 0ms);
    EXPECT_FALSE(authenticator.allow_if_down);
    EXPECT_EQ(authenticator.recheck, 5s);
}

TEST(LoadTest, ReadsAliasesAndByteOrderMarksAndCarriageReturns) {
    const Configuration configuration = load_good(
        "\xEF\xBB\xBFversion: 1\r\nservices: { a: plugin:a }\r\nroutes:\r\n  - { path: /a, methods: &m [GET], to: a "
        "}\r\n"
        "  - { path: /b, methods: *m, to: a }\r\n");
    EXPECT_EQ(configuration.routes[1].methods, (std::vector<std::string>{"GET"}));
}

TEST(LoadTest, ReadsSecretsRelativeToTheFile) {
    const TestDirectory temporary;
    const auto& folder = temporary.path();
    std::ofstream(folder / "key") << kSecret << "\n";
    std::ofstream(folder / "routes.yaml") << "version: 1\ngateway: { assertion_key: \"file:key\" }\nroutes: []\n";
    const Loaded loaded = load_file((folder / "routes.yaml").string());
    ASSERT_TRUE(loaded) << format_diagnostics(loaded);
    EXPECT_EQ(loaded.configuration.gateway.assertion_key, kSecret);
}

TEST(LoadTest, EffectiveConfigurationHidesSecrets) {
    const std::string text = print_effective(load_good(kShop));
    EXPECT_EQ(text.find(kSecret), std::string::npos);
    EXPECT_EQ(text.find("gw:secret"), std::string::npos);
    EXPECT_NE(text.find("postgresql://gw:***@db/shop"), std::string::npos);
}

TEST(LoadTest, EffectiveConfigurationIsAConfigurationWithTheSameMeaning) {
    const std::string first = print_effective(load_good(
        "version: 1\nservices: { a: \"http://h:1\", b: { at: [plugin:b, spawn:b], weights: [3, 0], workers: 2, queue: "
        "9 } }\npolicies:\n  p: "
        "{ rate: { limit: 3/s } }\n"
        "routes:\n  - { path: \"/a/{id:int}\", to: a, use: p }\n  - { path: /b/**, redirect: { to: /c/** } }\n"));
    Loaded again = load_text(first, "routes.yaml", "");
    ASSERT_TRUE(again) << first << format_diagnostics(again);
    const auto without_remarks = [](std::string text) {
        for (std::size_t at = text.find("  # "); at != std::string::npos; at = text.find("  # ", at)) {
            text.erase(at, text.find('\n', at) - at);
        }
        return text;
    };
    EXPECT_EQ(without_remarks(print_effective(again.configuration)), without_remarks(first));
}

TEST(PluginConfigTest, ReadsJsonAndFillsInTheDatabase) {
    const auto loaded = load_plugin_config(R"({"page_size": 50, "on": "x"})", "--config", "", "posts", "sqlite:data/");
    ASSERT_TRUE(loaded.report) << format_diagnostics(loaded.report);
    EXPECT_EQ(loaded.json, R"({"page_size":50,"on":"x","database":"sqlite:data/posts.db"})");
    EXPECT_FALSE(load_plugin_config("[1]", "--config", "", "posts", "sqlite:data").report);
}

}  // namespace
}  // namespace gatehouse::config

#include "gateway/admin/admin_api.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace gatehouse::admin {
namespace {

class AdminApiTest : public testing::Test {
protected:
    AdminApiTest() { come_from_loopback(); }

    AdminSources sources() {
        AdminSources result;
        result.not_ready = [this] { return not_ready_; };
        result.degraded = [this] { return degraded_; };
        result.routes = [] {
            config::Route route;
            route.name = "posts";
            route.path = "/api/posts/**";
            route.to = "posts";
            return std::vector<config::Route>{route};
        };
        result.plugins = [] {
            host::PluginStatus plugin;
            plugin.service = "posts";
            plugin.state = host::State::active;
            plugin.routes.emplace_back().method = "GET";
            return std::vector<host::PluginStatus>{plugin};
        };
        result.services = [] {
            ServiceStatus here, moved;
            here.name = "posts";
            moved.name = "media";
            moved.at = {"spawn:media"};
            moved.moved_because = "this build crashed the gateway again and again";
            moved.child.emplace().state = supervise::ChildState::up;
            return std::vector<ServiceStatus>{here, moved};
        };
        result.upstreams = [] {
            return std::vector<UpstreamStatus>{{.endpoint = "10.0.4.7:9004", .is_failing = true}};
        };
        result.effective_config = [] { return std::string("version: 1\n"); };
        result.reload = [this]() -> Task<ReloadReport> { return reload(); };
        return result;
    }
    Task<ReloadReport> reload() {
        ++reloads_;
        ReloadReport report;
        report.reloaded = reload_works_;
        report.snapshot = 7;
        if (!reload_works_) report.diagnostics = R"([{"code":"R203"}])";
        co_return report;
    }
    void come_from_loopback() { exchange_.client.octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}; }
    void come_from_afar() { exchange_.client.octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}; }
    int ask(std::string_view method, std::string_view path, std::string_view token = {}) {
        exchange_.request.method = method;
        exchange_.request.path = path;
        exchange_.request.fields.clear();
        const std::string authorization = "Bearer " + std::string(token);
        if (!token.empty()) exchange_.request.fields.push_back({"authorization", authorization});
        AdminApi api(token_, metrics_, sources());
        spawn(run(api));
        return exchange_.reply.status;
    }
    Task<> run(AdminApi& api) {
        const std::string_view body;
        co_await api.handle(exchange_, body);
    }
    std::string field(std::string_view name) const {
        for (const auto& [key, value] : exchange_.reply.fields) {
            if (key == name) return value;
        }
        return {};
    }
    boost::json::value json() const { return boost::json::parse(exchange_.reply.body); }

    observe::Metrics metrics_{1};
    std::string token_ = "correct horse battery staple";
    std::vector<std::string> not_ready_, degraded_;
    bool reload_works_ = true;
    int reloads_ = 0;
    pipeline::Exchange exchange_;
};

TEST_F(AdminApiTest, AsksForItsToken) {
    for (const char* path : {"/", "/metrics", "/routes", "/plugins", "/upstreams", "/config", "/reload", "/nothing"}) {
        EXPECT_EQ(ask("GET", path), 401) << path;
        EXPECT_EQ(ask("GET", path, "wrong"), 401) << path;
        EXPECT_EQ(ask("GET", path, token_ + "x"), 401) << path;
        EXPECT_EQ(ask("GET", path, token_.substr(1)), 401) << path;
        EXPECT_EQ(field("www-authenticate"), "Bearer realm=\"gatehouse admin\"");
    }
    EXPECT_EQ(ask("POST", "/reload"), 401);
    EXPECT_EQ(reloads_, 0);
    EXPECT_EQ(ask("GET", "/routes", token_), 200);
}

TEST_F(AdminApiTest, TellsItsHealthToEverybody) {
    come_from_afar();
    EXPECT_EQ(ask("GET", "/healthz"), 200);
    EXPECT_EQ(ask("HEAD", "/readyz"), 200);
    not_ready_ = {"draining", "plugin \"posts\" is failed"};
    EXPECT_EQ(ask("GET", "/readyz"), 503);
    EXPECT_EQ(json().at("reasons").as_array()[1], "plugin \"posts\" is failed");
    EXPECT_EQ(ask("GET", "/healthz"), 200);
}

TEST_F(AdminApiTest, StaysReadyWhileSomethingIsDegradedAndSaysWhat) {
    degraded_ = {"posts: its child process is waiting"};
    EXPECT_EQ(ask("GET", "/readyz"), 200);
    EXPECT_EQ(json().at("ready"), true);
    EXPECT_EQ(json().at("degraded").as_array()[0], "posts: its child process is waiting");
}

TEST_F(AdminApiTest, AnswersOnlyLoopbackWithoutAToken) {
    token_.clear();
    EXPECT_EQ(ask("GET", "/routes"), 200);
    come_from_afar();
    EXPECT_EQ(ask("GET", "/routes"), 401);
    exchange_.client.octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    EXPECT_EQ(ask("GET", "/routes"), 200);
}

TEST_F(AdminApiTest, AllowsOneWayOfAsking) {
    EXPECT_EQ(ask("POST", "/routes", token_), 405);
    EXPECT_EQ(field("allow"), "GET, HEAD");
    EXPECT_EQ(ask("GET", "/reload", token_), 405);
    EXPECT_EQ(field("allow"), "POST");
    EXPECT_EQ(ask("DELETE", "/healthz", token_), 405);
    EXPECT_EQ(ask("GET", "/routes/", token_), 404);
}

TEST_F(AdminApiTest, ShowsItsTablesAsJson) {
    EXPECT_EQ(ask("GET", "/", token_), 200);
    EXPECT_EQ(json().at("endpoints").as_array().size(), 14u);
    EXPECT_EQ(ask("GET", "/routes", token_), 200);
    EXPECT_EQ(json().at("routes").as_array()[0].at("path"), "/api/posts/**");
    EXPECT_EQ(ask("GET", "/plugins", token_), 200);
    EXPECT_EQ(json().at("plugins").as_array()[0].at("state"), "active");
    EXPECT_EQ(json().at("plugins").as_array()[0].at("routes").as_array()[0].at("method"), "GET");
    ASSERT_EQ(json().at("children").as_array().size(), 1u);
    EXPECT_EQ(json().at("children").as_array()[0].at("service"), "media");
    EXPECT_EQ(json().at("children").as_array()[0].at("state"), "up");
    EXPECT_EQ(json().at("children").as_array()[0].at("moved_because"),
              "this build crashed the gateway again and again");
    EXPECT_EQ(ask("GET", "/services", token_), 200);
    EXPECT_FALSE(json().at("services").as_array()[0].as_object().contains("moved_because"));
    EXPECT_EQ(json().at("services").as_array()[1].at("moved_because"),
              "this build crashed the gateway again and again");
    EXPECT_EQ(ask("GET", "/upstreams", token_), 200);
    EXPECT_EQ(json().at("upstreams").as_array()[0].at("failing"), true);
    EXPECT_EQ(ask("GET", "/config", token_), 200);
    EXPECT_EQ(field("content-type"), "application/yaml");
    EXPECT_EQ(ask("GET", "/metrics", token_), 200);
    EXPECT_EQ(field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(AdminApiTest, ReportsHowAReloadWent) {
    EXPECT_EQ(ask("POST", "/reload", token_), 200);
    EXPECT_EQ(json().at("snapshot"), 7);
    reload_works_ = false;
    EXPECT_EQ(ask("POST", "/reload", token_), 422);
    EXPECT_EQ(json().at("diagnostics").as_array()[0].at("code"), "R203");
    EXPECT_EQ(reloads_, 2);
}

}  // namespace
}  // namespace gatehouse::admin

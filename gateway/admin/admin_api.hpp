#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/routing/route_table.hpp"

namespace gatehouse::admin {

// One endpoint of one service on one loop, as operators see it.
struct UpstreamStatus {
    std::string endpoint;  // "10.0.4.7:9004" or "unix:/run/posts.sock"
    std::uint32_t loop = 0;
    bool is_failing = false;  // the last connect failed
    std::size_t connections = 0, idle = 0, waiting = 0;
    std::uint64_t connects = 0, connect_failures = 0;
};

struct ReloadReport {
    bool reloaded = false;
    std::uint64_t snapshot = 0;      // the one in use afterwards
    std::string diagnostics = "[]";  // JSON (config::format_diagnostics_json)
};

// What the admin pages show; the composition root fills all of it in. Called on the admin listener's loop; none may
// block.
struct AdminSources {
    // Why traffic must not be sent here now: "starting", "draining", "plugin posts is failed". Empty = ready.
    std::function<std::vector<std::string>()> not_ready;
    std::function<std::vector<config::Route>()> routes;
    std::function<std::vector<host::PluginStatus>()> plugins;
    std::function<std::vector<UpstreamStatus>()> upstreams;
    std::function<std::string()> effective_config;  // YAML, secrets left out (config::print_effective)
    std::function<Task<ReloadReport>()> reload;
};

// The admin listener: health, metrics, tables and reload, as JSON. Everything but /healthz and /readyz asks for the
// bearer token; without a token in the configuration only loopback (or a Unix socket) may ask. Bound to a listener of
// its own: no admin path exists on a public one.
class AdminApi final : public net::RequestHandler {
public:
    AdminApi(std::string token, observe::Metrics& metrics, AdminSources sources);
    ~AdminApi() override;

    Task<> handle(pipeline::Exchange& exchange, std::string_view body) override;

private:
    struct Endpoint;
    static std::span<const Endpoint> endpoints();
    bool is_authorized(const pipeline::Exchange& exchange) const;

    void index(pipeline::LocalReply& reply);
    void health(pipeline::LocalReply& reply);
    void readiness(pipeline::LocalReply& reply);
    void metrics(pipeline::LocalReply& reply);
    void routes(pipeline::LocalReply& reply);
    void plugins(pipeline::LocalReply& reply);
    void upstreams(pipeline::LocalReply& reply);
    void effective_config(pipeline::LocalReply& reply);
    Task<> reload(pipeline::LocalReply& reply);

    std::string token_;
    observe::Metrics& metrics_;
    AdminSources sources_;
    bool reloading_ = false;
};

}  // namespace gatehouse::admin

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/routing/route_table.hpp"

namespace gatehouse::admin {

// One endpoint of one service, as operators see it.
struct UpstreamStatus {
    std::string service, endpoint;
    bool healthy = true;
    std::size_t connections_open = 0, connections_idle = 0, queued = 0;
};

struct ReloadReport {
    bool reloaded = false;
    std::uint64_t snapshot = 0;  // the one in use afterwards
    std::string diagnostics;     // JSON array (config::format_diagnostics_json); empty when reloaded
};

// What the admin pages show; the composition root fills it in. All members are called on the admin listener's loop and
// must not block.
struct AdminSources {
    // Why traffic must not be sent here now: "starting", "draining", "plugin posts is failed". Empty = ready.
    std::function<std::vector<std::string>()> not_ready;
    std::function<std::vector<config::Route>()> routes;
    std::function<std::vector<host::PluginStatus>()> plugins;
    std::function<std::vector<UpstreamStatus>()> upstreams;
    std::function<std::string()> effective_config;  // YAML or JSON text, secrets already left out
    std::function<Task<ReloadReport>()> reload;
};

// The admin listener: health, metrics, tables and reload, as JSON. Everything but /healthz and /readyz asks for the
// bearer token; without a token in the configuration only loopback may ask. Bound to its own listener, so that no admin
// path exists on a public one.
class AdminApi final : public net::RequestHandler {
public:
    AdminApi(std::string token, observe::Metrics& metrics, AdminSources sources);
    ~AdminApi() override;

    Task<> handle(pipeline::Exchange& exchange, std::string_view body) override;

private:
    struct Endpoint;
    static const std::vector<Endpoint>& endpoints();
    bool is_authorized(const pipeline::Exchange& exchange) const;

    void index(pipeline::LocalReply& reply);
    void health(pipeline::LocalReply& reply);
    void readiness(pipeline::LocalReply& reply);
    void metrics(pipeline::LocalReply& reply);
    void routes(pipeline::LocalReply& reply);
    void plugins(pipeline::LocalReply& reply);
    void upstreams(pipeline::LocalReply& reply);
    void config(pipeline::LocalReply& reply);
    Task<> reload(pipeline::LocalReply& reply);

    std::string token_;
    observe::Metrics& metrics_;
    AdminSources sources_;
};

}  // namespace gatehouse::admin

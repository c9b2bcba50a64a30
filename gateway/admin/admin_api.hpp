#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/routing/route_table.hpp"
#include "gateway/supervise/keeper.hpp"

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

// What became of a reload or a rollback of one plugin.
struct PluginReport {
    std::string service;
    bool switched = false;
    bool is_unknown = false;                     // no such service here
    std::uint32_t generation = 0, previous = 0;  // after a switch
    std::string_view phase;                      // where it was refused
    std::string reason;                          // and why
    std::string why;                             // why a rollback was wanted
    std::vector<std::pair<std::string_view, Duration>> phases;
    std::vector<std::string> routes_added, routes_removed;  // "GET /posts/{id}"
};

// What a plugin answered to gh.admin/1.
struct CommandAnswer {
    std::int32_t status = 0;  // gh_status
    std::string json;
    std::string why;  // it failed, if the plugin itself has not said so in JSON: a sentence
};
// 200, or what stands for a command's failure.
int http_status_of(std::int32_t command_status);

// Where a service runs, and its child process if it has one.
struct ServiceStatus {
    std::string name;
    std::vector<std::string> at;  // as in routes.yaml
    std::vector<std::uint32_t> weights;
    std::string moved_because;  // as config::Service has it
    std::optional<supervise::ChildStatus> child;
};

// What the admin pages show; the composition root fills all of it in. Called on the admin listener's loop; none may
// block.
struct AdminSources {
    // Why traffic must not be sent here now: "starting", "draining", "plugin posts is failed". Empty = ready.
    std::function<std::vector<std::string>()> not_ready;
    // What does not work now although traffic may be sent here: "posts: its child process is starting".
    std::function<std::vector<std::string>()> degraded;
    std::function<std::vector<config::Route>()> routes;
    std::function<std::vector<host::PluginStatus>()> plugins;
    std::function<std::vector<UpstreamStatus>()> upstreams;
    std::function<std::vector<ServiceStatus>()> services;
    std::function<std::string()> effective_config;  // YAML, secrets left out (config::print_effective)
    std::function<Task<ReloadReport>()> reload;
    std::function<Task<PluginReport>(std::string service)> reload_plugin, roll_back_plugin;
    std::function<Task<CommandAnswer>(std::string service, std::string command, std::string arguments)> run_command;
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
    struct Call;
    static std::span<const Endpoint> endpoints();
    static const Endpoint* find(Call& call, bool& is_other_method);
    bool is_authorized(const pipeline::Exchange& exchange) const;

    void index(Call& call);
    void health(Call& call);
    void readiness(Call& call);
    void metrics(Call& call);
    void routes(Call& call);
    void plugins(Call& call);
    void why_alive(Call& call);
    void upstreams(Call& call);
    void services(Call& call);
    void effective_config(Call& call);
    Task<> reload(Call& call);
    Task<> reload_plugin(Call& call);
    Task<> roll_back_plugin(Call& call);
    Task<> run_command(Call& call);

    std::string token_;
    observe::Metrics& metrics_;
    AdminSources sources_;
    bool reloading_ = false;
};

}  // namespace gatehouse::admin

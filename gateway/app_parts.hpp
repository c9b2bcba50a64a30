#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/admin/admin_api.hpp"
#include "gateway/app.hpp"
#include "gateway/app_commands.hpp"
#include "gateway/app_events.hpp"
#include "gateway/app_extensions.hpp"
#include "gateway/app_spawn.hpp"
#include "gateway/app_watchdog.hpp"
#include "gateway/base/guarded.hpp"
#include "gateway/extensions/stores.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/loop_threads.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/observe/access_log.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/plugin_metrics.hpp"
#include "gateway/pipeline/filters/completion.hpp"
#include "gateway/pipeline/filters/standard_filters.hpp"
#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/telemetry_adapter.hpp"
#include "gateway/plugin_watch.hpp"
#include "gateway/serial_thread.hpp"
#include "gateway/signals.hpp"
#include "gateway/upstream/assertion.hpp"
#include "gateway/upstream/name_refresher.hpp"
#include "gateway/upstream/remote_caller.hpp"

namespace gatehouse {

// How a configuration is run: `gatehouse run` or `gatehouse serve`.
struct AppMode {
    pipeline::Mode mode = pipeline::Mode::gateway;
    std::string assertion_key;              // backend: what identity is verified with; may be empty
    std::filesystem::path plugin_file;      // backend: the plugin itself
    config::Configuration configuration{};  // to begin with
    AppOptions options;
    bool events_by_gateway = false;  // backend: what it publishes goes to its gateway
};
host::ReloadPolicy reload_policy(const config::Plugins& plugins);
// A key that nobody else has. What is signed with another one is refused by whoever verifies with it.
std::string random_key();
AppMode gateway_mode(config::Configuration configuration, AppOptions options);
AppMode backend_mode(ServeOptions options);

// Everything there is, in the order in which it is built; members are destroyed in the reverse one.
struct App::Parts {
    explicit Parts(AppMode mode_in);
    ~Parts();

    std::optional<Error> load();
    std::optional<Error> start_plugins();
    std::optional<Error> listen();
    int run();

    // In app_reload.cpp and app_plugins.cpp: on the main thread before listen(), on `reloading` afterwards.
    struct Loaded {
        host::PluginSpec spec;
        std::shared_ptr<host::Generation> generation;
    };
    using Prepared = std::map<std::string, Loaded>;  // by service
    admin::ReloadReport reload();
    std::optional<Error> use_plugins_of(const config::Configuration& next, Prepared& prepared);
    void install(const std::shared_ptr<const pipeline::Snapshot>& next);
    host::PluginSpec spec_of(const config::Service& service) const;
    std::shared_ptr<host::Generation> generation_of(const std::string& service) const;
    Result<std::shared_ptr<host::Generation>> prepare(const host::PluginSpec& spec, host::Phases& phases);
    std::optional<Error> switch_to(config::Configuration configuration, Prepared prepared);
    enum class Trial : std::uint8_t { as_configured, none };
    admin::PluginReport replace(const std::string& service, const host::PluginSpec& spec,
                                std::shared_ptr<host::Generation> revived, Trial trial = Trial::as_configured);
    admin::PluginReport reload_plugin(const std::string& service);
    admin::PluginReport reload_child(const std::string& service);
    admin::PluginReport roll_back(const std::string& service, const std::string& why);
    std::string try_out(const std::string& service, const std::shared_ptr<host::Generation>& before,
                        const std::shared_ptr<host::Generation>& next, host::Phases& phases);
    std::optional<Error> share(std::optional<pipeline::Canary> wanted);
    Guarded<std::set<std::string>> announced;  // files whose reload waits  [any]
    std::optional<pipeline::Canary> canary;    // on trial [reloading]
    std::string trial_ended;                   // why, if somebody ended it [reloading]
    void take_back(const std::string& service, std::uint32_t generation, const std::string& why);
    void note(std::string_view what, const admin::PluginReport& report);
    void reload_file(const std::string& plugin);
    void refresh_plugin_metrics();

    std::optional<Error> make_spawned(const std::string& key);
    peer::Target find_target(std::string_view service);

    // In app_events.cpp.
    void make_events();
    std::vector<std::string> served_services();
    std::optional<Error> bind(const config::Listener& listener);
    std::optional<Error> bind_internal(const config::Listener& listener);
    std::optional<Error> bind_admin(const config::Listener& listener);
    admin::AdminSources admin_sources();
    std::vector<std::string> reasons_not_ready();
    std::vector<std::string> what_is_degraded();
    admin::CommandAnswer run_command(const std::string& service, const std::string& command,
                                     const std::string& arguments);
    std::vector<admin::UpstreamStatus> upstream_status();
    std::vector<admin::ServiceStatus> service_status();
    std::shared_ptr<const pipeline::Snapshot> snapshot();
    void drain();
    void stop();

    AppMode mode;
    observe::Logger logger;
    LoopThreads threads;
    observe::Metrics metrics;
    observe::GatewayMetrics gateway_metrics;
    observe::PluginMetrics plugin_metrics;
    observe::AccessLog access_log;
    pipeline::Completion completion;
    std::unique_ptr<upstream::AssertionSigner> signer;
    std::unique_ptr<upstream::AssertionVerifier> verifier;
    std::unique_ptr<pipeline::StandardFilters> filters;
    upstream::Directory directory;
    pipeline::TelemetryAdapter telemetry;
    upstream::RemoteCalls remote_calls;
    std::unique_ptr<AppExtensions> app_extensions;
    std::unique_ptr<extensions::Stores> stores;
    std::unique_ptr<events::EventsExtension> events;
    std::unique_ptr<EventsFromPeers> events_from_peers;
    std::unique_ptr<CommandRoutes> command_routes;  // of `serve`
    std::unique_ptr<host::PluginHost> plugin_host;
    std::unique_ptr<host::Watchdog> watchdog;
    Prepared loaded;  // what serves, or will: by service
    Guarded<std::shared_ptr<const pipeline::Snapshot>> current;
    std::unique_ptr<admin::AdminApi> admin_api;
    std::vector<std::unique_ptr<net::LoopServer>> servers;  // by loop
    std::unique_ptr<SpawnedServices> spawned;               // null in `serve`
    std::unique_ptr<upstream::NameRefresher> name_refresher;
    std::unique_ptr<MainThread> main_thread;
    std::unique_ptr<SerialThread> reloading, commands;
    std::unique_ptr<PluginWatch> plugin_watch;
    std::vector<std::string> addresses;
    std::string admin_address;
    std::vector<std::string> unix_paths;  // to be removed at the end
    std::uint64_t snapshots_built = 0;
    enum class Phase : std::uint8_t { starting, serving, draining, stopped };
    std::atomic<Phase> phase{Phase::starting};
    bool threads_started = false;
};

}  // namespace gatehouse

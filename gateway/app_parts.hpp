#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/admin/admin_api.hpp"
#include "gateway/app.hpp"
#include "gateway/base/guarded.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/loop_threads.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/observe/access_log.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/pipeline/filters/completion.hpp"
#include "gateway/pipeline/filters/standard_filters.hpp"
#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/telemetry_adapter.hpp"
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
};
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

    // In app_reload.cpp.
    admin::ReloadReport reload();
    std::optional<Error> check_reload(const config::Configuration& next) const;
    std::optional<Error> use(config::Configuration configuration);

    std::optional<Error> bind(const config::Listener& listener);
    std::optional<Error> bind_admin(const config::Listener& listener);
    admin::AdminSources admin_sources();
    std::vector<std::string> reasons_not_ready() const;
    std::vector<admin::UpstreamStatus> upstream_status();
    std::shared_ptr<const pipeline::Snapshot> snapshot();
    void drain();
    void stop();

    AppMode mode;
    observe::Logger logger;
    LoopThreads threads;
    observe::Metrics metrics;
    observe::GatewayMetrics gateway_metrics;
    observe::AccessLog access_log;
    pipeline::Completion completion;
    std::unique_ptr<upstream::AssertionSigner> signer;
    std::unique_ptr<upstream::AssertionVerifier> verifier;
    std::unique_ptr<pipeline::StandardFilters> filters;
    upstream::Directory directory;
    pipeline::TelemetryAdapter telemetry;
    upstream::RemoteCalls remote_calls;
    std::unique_ptr<host::PluginHost> plugin_host;
    std::map<std::string, std::shared_ptr<host::Generation>> generations;  // by service
    Guarded<std::shared_ptr<const pipeline::Snapshot>> current;
    std::unique_ptr<admin::AdminApi> admin_api;
    std::vector<std::unique_ptr<net::LoopServer>> servers;  // by loop
    std::unique_ptr<upstream::NameRefresher> name_refresher;
    std::unique_ptr<MainThread> main_thread;
    std::vector<std::string> addresses;
    std::string admin_address;
    std::vector<std::string> unix_paths;  // to be removed at the end
    std::uint64_t snapshots_built = 0;
    enum class Phase : std::uint8_t { starting, serving, draining, stopped };
    std::atomic<Phase> phase{Phase::starting};
    bool threads_started = false;
};

}  // namespace gatehouse

#pragma once

#include <gatehouse/ext/call.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/host/generation.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::host {

// Where plugins' log lines and metrics go; implemented by observe's adapters in the composition root.
class Telemetry {
public:
    struct Field {
        std::string_view key, value;
    };
    virtual int log_level() const = 0;  // GH_LOG_*  [any]
    virtual void log(int level, std::string_view service, std::string_view message, std::span<const Field> fields) = 0;
    // Returns the metric's id, or -1 for a bad name or one that exists with another kind or labels.
    virtual int define_metric(std::string_view service, const gh_metric& metric) = 0;
    virtual void record(int metric, double value, std::span<const std::string_view> labels) = 0;  // [any]

protected:
    ~Telemetry() = default;
};

// Calls a service that is not in this process; blocks the calling (worker) thread. Implemented over the upstream pools.
class RemoteCaller {
public:
    virtual gh_status perform(const gh_call_request& request, const std::string& calling_service, TimePoint deadline,
                              gh_call_done done, void* context) = 0;

protected:
    ~RemoteCaller() = default;
};

struct PluginSpec {
    std::string service;         // name in routes.yaml
    std::filesystem::path file;  // NAME.so
    std::string config_json = "{}";
    std::uint32_t workers = 0;  // 0 = default (4)
    std::uint32_t queue = 0;    // bound of the pool's queue; 0 = default (256)
};

struct PluginStatus {
    std::string service, plugin_id, version, build_id, toolchain;
    std::uint32_t generation = 0;
    State state = State::loaded;
    std::size_t in_flight = 0, queued = 0, workers = 0;
    std::vector<PluginRoute> routes;
};

// Loads plugins and runs their lifecycle. One per process. All members [main] unless marked.
class PluginHost final {
public:
    struct Options {
        std::filesystem::path runtime_directory;  // private copies go here; created 0700, emptied on destruction
        std::vector<IoLoop*> loops;               // running before start()
        Telemetry* telemetry = nullptr;
        RemoteCaller* remote = nullptr;  // may be null: then only co-located services can be called
        Duration start_timeout = std::chrono::seconds(30);
        std::vector<Extension*> extensions{};  // beside gh.call/1, which is always there
    };
    explicit PluginHost(Options options);
    ~PluginHost();

    // Lint, copy, load, create. No handler has run; nothing is connected.
    Result<std::shared_ptr<Generation>> load(const PluginSpec& spec);
    // start() and health(); afterwards the generation is active and call() finds it under its service name.
    Result<std::shared_ptr<Generation>> start(std::shared_ptr<Generation> generation);

    // The active generation of a service, or null.  [any]
    std::shared_ptr<Generation> find(std::string_view service) const;
    // Names that routes.yaml places elsewhere: call() to them goes to RemoteCaller.  [any]
    void set_remote_services(std::vector<std::string> names);

    // Calls on behalf of the gateway's own commands (`gatehouse user create`): blocks.  REQUIRES: not on a loop.
    gh_status call(const gh_call_request& request, gh_call_done done, void* context);

    // gh.migrations/1 of a loaded plugin. up = apply, otherwise only look.
    struct Migration {
        bool applied;
        std::string name;
    };
    enum class Migrate : std::uint8_t { status, up };
    Result<std::vector<Migration>> migrations(Generation& generation, Migrate what);

    // Drains, stops, destroys and unloads every plugin, the last loaded first. Requests must have been told to end.
    void stop_all(TimePoint deadline);
    std::vector<PluginStatus> status() const;  // [any]

private:
    struct State_;
    std::unique_ptr<State_> state_;
};

}  // namespace gatehouse::host

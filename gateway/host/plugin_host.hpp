#pragma once

#include <gatehouse/ext/call.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/host/canary.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/phases.hpp"

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
    std::uint32_t workers = 0;          // 0 = default (4)
    std::uint32_t queue = 0;            // bound of the pool's queue; 0 = default (256)
    std::string plugin_id{};            // which plugin the file has to be; empty = any
    std::vector<std::string> probes{};  // paths of its own that a new generation must answer before it takes over
    bool is_successor = false;          // of a generation in another process: the first one is probed, too
    // Whether a plugin of the one is as good as one of the other: probes are about the next one.
    bool operator==(const PluginSpec& other) const {
        return std::tie(service, file, config_json, workers, queue, plugin_id) ==
               std::tie(other.service, other.file, other.config_json, other.workers, other.queue, other.plugin_id);
    }
};

// What happens to a generation that another one has taken over from.
struct ReloadPolicy {
    Duration observe = 60s;               // it is kept warm that long, so that going back is one swap
    std::uint32_t rollback_percent = 50;  // of 5xx among the successor's answers: go back; 0 = never
    std::uint64_t rollback_answers = 20;  // but not before that many
    Duration drain = 30s;                 // what is in flight may take that long
    Duration streams = 10min;             // streams may take that long
    Duration grace = 5s;                  // between destroy() and unmapping
    std::size_t live_max = 4;             // generations of one service that run at a time
    std::size_t copies_kept = 3;          // of ended generations' files, for core dumps and for going back
    std::size_t pinned_max = 256;         // of all services; each costs mappings and memory: no more is loaded then
    CanaryPolicy canary{};
    bool handover_required = false;  // a failed gh.handover/1 refuses the new generation
};

struct PluginStatus {
    std::string service, plugin_id, version, build_id, toolchain;
    std::uint32_t generation = 0;
    State state = State::loaded;
    Generation::InFlight in_flight;
    std::size_t queued = 0, workers = 0;
    Duration age{};                    // in this state
    std::vector<std::string> holding;  // what keeps it from ending: "3 requests in flight", "hold: upload (12 s)"
    std::vector<PluginRoute> routes;
};

// Loads plugins and runs their lifecycle. One per process. All members [main] unless marked.
class PluginHost final {
public:
    // That generation of a service does badly while the one before is warm. By the time that something is done about it
    // another one may serve. Must not block; calls no member.                                               [any]
    using Regressed = std::function<void(const std::string& service, std::uint32_t generation, const std::string& why)>;

    struct Options {
        std::filesystem::path runtime_directory;  // private copies go here; created 0700, emptied on destruction
        std::vector<IoLoop*> loops;               // running before start()
        Telemetry* telemetry = nullptr;
        RemoteCaller* remote = nullptr;  // may be null: then only co-located services can be called
        Duration start_timeout = std::chrono::seconds(30);
        std::vector<Extension*> extensions{};  // beside gh.call/1, which is always there
        ReloadPolicy policy{};
        Regressed regressed = {};
    };
    explicit PluginHost(Options options);
    ~PluginHost();

    void set_policy(const ReloadPolicy& policy);
    ReloadPolicy policy() const;  // [any]

    // Copy, lint, load, create. No handler has run; nothing is connected. phases may be null.
    Result<std::shared_ptr<Generation>> load(const PluginSpec& spec, Phases* phases = nullptr);
    // prepare() and take_over().
    Result<std::shared_ptr<Generation>> start(std::shared_ptr<Generation> generation);

    // A reload, in order: load(), prepare(), take_over(), routes are swapped on every loop, retire(). Until take_over()
    // everything can be undone by discard().
    //
    // start(), what the predecessor (may be null) hands over, health(), the spec's probes. After an error the
    // generation is discarded.
    Result<std::shared_ptr<Generation>> prepare(std::shared_ptr<Generation> generation,
                                                const std::shared_ptr<Generation>& predecessor,
                                                Phases* phases = nullptr);
    // It is the active one from now on, for call() too. The one before, which is warm now; null if there was none.
    std::shared_ptr<Generation> take_over(const std::shared_ptr<Generation>& generation);
    // No route leads to it any more: it is kept warm for its successor's sake (null: it is not), then it ends. Returns
    // at once.
    void retire(std::shared_ptr<Generation> generation, std::shared_ptr<Generation> successor);
    // Ends one that had a share of the requests and has none any more. Returns at once.
    void withdraw(std::shared_ptr<Generation> canary);
    // Ends one that never got a request. Blocks.
    void discard(const std::shared_ptr<Generation>& generation);

    // For a rollback: the warm generation of a service, to be handed to take_over(); null if there is none.
    std::shared_ptr<Generation> revive(std::string_view service);
    // The newest kept copy of another build than this one's; empty if there is none.
    std::filesystem::path copy_before(const Generation& generation) const;

    // The active generation of a service, or null.  [any]
    std::shared_ptr<Generation> find(std::string_view service) const;
    // The one at that address if it is there, in whichever state: the address may be stale.  [any]
    std::shared_ptr<Generation> hold(const Generation* generation) const;
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
    std::vector<PluginStatus> status() const;  // of all that are not unmapped  [any]

    struct Counts {
        std::uint64_t loaded = 0, unmapped = 0, pinned = 0;
    };
    Counts counts() const;  // [any]

    // gh.admin/1 of an active generation: JSON in, JSON out. Blocks; not on a loop.
    struct AdminCommand {
        std::string name, summary, arguments_schema;
    };
    std::vector<AdminCommand> admin_commands(Generation& generation);
    struct AdminAnswer {
        gh_status status = GH_E_UNSUPPORTED;
        std::string json;
    };
    AdminAnswer run_admin(Generation& generation, const std::string& command, const std::string& arguments);

private:
    struct State_;
    std::unique_ptr<State_> state_;
};

}  // namespace gatehouse::host

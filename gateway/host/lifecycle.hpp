#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/ext/admin.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/handover.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::host {

// Until when a draining generation may go on. `now`: asked again and again; true = the deadlines have come.
struct DrainLimits {
    TimePoint requests;  // then what is in flight is cancelled
    TimePoint streams;   // streams have longer, and the timers that drive them
    std::function<bool()> now = [] { return false; };
};

// Leads one generation from loaded to unmapped (or pinned). All [lifecycle]: one thread at a time for one generation.
// Strings are empty on success, else the reason. A step that hangs in the plugin's code is given up after its time; the
// generation is then pinned by whoever ends it.
class Lifecycle final {
public:
    Lifecycle(std::vector<IoLoop*> loops, Duration start_timeout)
        : loops_(std::move(loops)), start_timeout_(start_timeout) {}

    std::string create(const std::shared_ptr<Generation>& generation, const std::string& config_json);
    // start() and health(). The state is then `started`.
    std::string start(const std::shared_ptr<Generation>& generation);
    std::string check_health(const std::shared_ptr<Generation>& generation);
    // It takes requests from here on. A successor is asked the paths of its PluginSpec, from a thread of their own; the
    // first generation of a service is not: what it calls may not run yet.
    std::string probe(const std::shared_ptr<Generation>& generation, bool is_successor);

    // gh.handover/1: what `from` wants to leave to `to`, at most 16 MiB and two seconds each way. `to` is started and
    // serves nothing yet.
    Handover hand_over(const std::shared_ptr<Generation>& from, const std::shared_ptr<Generation>& to);

    // Requests go to it, and it holds what only one generation may hold.
    void activate(Generation& generation);
    // Another one has taken over.
    void supersede(Generation& generation);

    // No new requests, no new background work; waits for what is in flight, cancels what is left at the deadlines.
    // False if something is still inside the plugin's code after that.
    bool drain(const std::shared_ptr<Generation>& generation, const DrainLimits& limits);
    // Stops, destroys and unmaps a drained generation; the state says whether it is unmapped or pinned.
    void retire(const std::shared_ptr<Generation>& drained, Duration grace);
    // Nothing of it may be called or freed any more.
    void pin(std::shared_ptr<Generation> generation);

    std::vector<PluginHost::AdminCommand> admin_commands(Generation& generation);
    PluginHost::AdminAnswer run_admin(Generation& generation, const std::string& command, const std::string& arguments);
    Result<std::vector<PluginHost::Migration>> migrations(Generation& generation, PluginHost::Migrate what);

private:
    static const gh_admin* admin_table(const Generation& generation);
    std::string step(const std::shared_ptr<Generation>& generation, std::string_view what, Duration timeout,
                     std::function<std::string()> work);
    bool is_idle(const Generation& generation) const;
    bool wait_until_idle(const Generation& generation, const std::function<bool()>& is_over) const;
    // Every loop has finished what it was doing. False if one did not in time: a handler of somebody's is stuck on it.
    bool fence() const;

    std::vector<IoLoop*> loops_;
    Duration start_timeout_;
};

}  // namespace gatehouse::host

#pragma once

#include <gatehouse/abi.h>

#include <memory>
#include <string>

#include "gateway/base/time.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::host {

// Leads one generation from loaded to unmapped (or pinned). All [main]; strings are empty on success, else the reason.
class Lifecycle final {
public:
    Lifecycle(std::vector<IoLoop*> loops, Duration start_timeout)
        : loops_(std::move(loops)), start_timeout_(start_timeout) {}

    std::string create(Generation& generation, const std::string& config_json);
    std::string start(Generation& generation);
    // No new requests, no new background work; waits for what is in flight, cancels what is left at the deadline. False
    // if something is still inside the plugin's code after that.
    bool drain(Generation& generation, TimePoint deadline);
    // Stops, destroys and unmaps a drained generation; the state says whether it is unmapped or pinned.
    void retire(const std::shared_ptr<Generation>& drained);
    // Nothing of it may be called or freed any more.
    void pin(std::shared_ptr<Generation> generation);

    Result<std::vector<PluginHost::Migration>> migrations(Generation& generation, PluginHost::Migrate what);

private:
    bool is_idle(const Generation& generation) const;
    bool wait_until_idle(const Generation& generation, TimePoint deadline) const;
    // Every loop has finished what it was doing. False if one did not in time: a handler of somebody's is stuck on it.
    bool fence() const;

    std::vector<IoLoop*> loops_;
    Duration start_timeout_;
};

}  // namespace gatehouse::host

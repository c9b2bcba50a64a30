#pragma once

#include <gatehouse/abi.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "gateway/host/extension.hpp"
#include "gateway/host/operations.hpp"
#include "gateway/host/plugin_route.hpp"

namespace gatehouse::host {

class Caller;
class Extension;
class Generation;
class Telemetry;
class WorkerPool;

// The gh_http table: forwards to the members of gh_request. One for the whole process.
const gh_http& http_table();

// The gh_host that one generation gets, and what it collected through it. Address-stable: the plugin keeps a pointer.
class HostTable final {
public:
    HostTable(std::string service, std::vector<IoLoop*> loops, Telemetry& telemetry, Caller& caller,
              WorkerPool& workers, std::vector<Extension*> extensions = {});
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    const gh_host& table() const { return table_; }
    Operations& operations() { return operations_; }
    const PluginRouteTable& routes() const { return routes_; }
    const std::string& service() const { return service_; }
    Caller& caller() { return caller_; }
    WorkerPool& workers() { return workers_; }
    Telemetry& telemetry() { return telemetry_; }
    const std::vector<IoLoop*>& loops() const { return loops_; }
    // The one it belongs to.
    Generation& generation() { return *generation_; }
    void belong_to(Generation& generation) {
        generation_ = &generation;
        operations_.belong_to(generation);
    }

    const std::vector<Extension*>& extensions() const { return extensions_; }
    // The extension whose id() is T::kId.  REQUIRES: it is offered, as it is to whoever got its table.
    template <class T>
    T& behind() const {
        for (Extension* const extension : extensions_) {
            if (extension->id() == T::kId) return static_cast<T&>(*extension);
        }
        std::abort();
    }

    // One that the host itself serves with the plugin's; before the plugin adds its own.
    void add_host_route(PluginRoute route) { static_cast<void>(routes_.add(std::move(route))); }

    // Routes and metrics are accepted only between these two.
    void open_registration() { registering_ = true; }
    void close_registration() { registering_ = false; }
    // Why create() failed, as told through fail() or found while registering; empty if nobody said.
    const std::string& failure() const { return failure_; }

    static HostTable& of(const gh_host* host) { return *static_cast<HostTable*>(host->impl); }

private:
    struct Functions;

    std::string service_;
    std::vector<IoLoop*> loops_;
    Telemetry& telemetry_;
    Caller& caller_;
    WorkerPool& workers_;
    std::vector<Extension*> extensions_;
    Generation* generation_ = nullptr;
    Operations operations_;
    PluginRouteTable routes_;
    std::vector<std::size_t> metric_labels_;  // label count by the plugin's own metric id
    std::vector<int> metrics_;                // telemetry's id by the plugin's own metric id
    std::string failure_;
    bool registering_ = false;
    gh_host table_{};
};

}  // namespace gatehouse::host

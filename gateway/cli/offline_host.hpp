#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/config/model.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::cli {

// Loads plugins for a command: no listener, no traffic, no jobs, one event loop on a thread of its own. What plugins
// log at level warn or above goes to stderr.
class OfflineHost final {
public:
    explicit OfflineHost(std::filesystem::path plugins);
    ~OfflineHost();  // stops the plugins, then the loop
    OfflineHost(const OfflineHost&) = delete;
    OfflineHost& operator=(const OfflineHost&) = delete;

    // Creates the plugin of that service; nothing is connected yet.  REQUIRES: service.library() is not empty
    Result<std::shared_ptr<host::Generation>> load(const config::Service& service);
    host::PluginHost& plugins();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::cli

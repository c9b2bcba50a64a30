#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/config/model.hpp"

namespace gatehouse {

namespace host {
class PluginHost;
}

struct AppOptions {
    std::string config_file;                  // read again on SIGHUP; empty = never
    std::filesystem::path plugin_directory;   // holds NAME.so for plugin:NAME
    std::filesystem::path runtime_directory;  // private copies of plugins; empty = a fresh one under $TMPDIR
    std::string
        ready_file;  // written once serving: {"listen":["127.0.0.1:8080"],"admin":"127.0.0.1:9901"}; may be empty
};

// `gatehouse serve`: one plugin as a standalone backend. Identity comes from X-Gatehouse-Assertion alone.
struct ServeOptions {
    std::filesystem::path plugin;
    config::Listener listen;
    std::string config_json = "{}";
    std::string assertion_key;
    std::string service;  // name of the service; empty = the plugin's file name without ".so"
    std::uint32_t loops = 1;
    std::uint32_t workers = 0;                // 0 = default
    std::uint32_t queue = 0;                  // 0 = default
    std::optional<config::Endpoint> gateway;  // by which other services are called; empty = they are not
    std::chrono::milliseconds drain_timeout{30'000};
    std::optional<config::Events> events;  // absent: its gateway carries them
    std::filesystem::path runtime_directory;
    std::string ready_file;
    config::Log log;
    config::KeyValueStore kv;
    std::vector<std::string> probes;  // paths of the plugin's that it has to answer before it serves
    std::string crash_file = config::Plugins{}.crash_file;  // empty: crashes are told on standard error alone
};

// The whole gateway, built by hand in order and taken down in the reverse one. Stages, each [main]:
//
//   App app(configuration, options);
//   if (auto error = app.load()) …           loops run; plugins are loaded and created: enough for migrations
//   if (auto error = app.start_plugins()) …  plugins are active: enough for plugins().call(…)
//   if (auto error = app.listen()) …         sockets bound, traffic flows, the ready file is there
//   return app.run();                        until SIGTERM or SIGINT; gives the exit status
//
// Leaving out later stages is fine. The destructor stops what was started.
class App final {
public:
    App(config::Configuration configuration, AppOptions options);
    explicit App(ServeOptions options);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // Empty = done; else why not.
    [[nodiscard]] std::optional<Error> load();
    [[nodiscard]] std::optional<Error> start_plugins();
    [[nodiscard]] std::optional<Error> listen();
    // Serves until told to stop: SIGTERM or SIGINT drains (a second one stops at once), SIGHUP reloads.
    int run();
    // Makes run() drain and return.  [any, after listen()]
    void stop();

    // REQUIRES: load() has succeeded.
    host::PluginHost& plugins();
    // "127.0.0.1:8080" or "unix:/path", in the order of the configuration.  REQUIRES: listen() has succeeded.
    const std::vector<std::string>& addresses() const;
    const std::string& admin_address() const;  // empty if there is none

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse

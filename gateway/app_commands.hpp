#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/admin_api.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse {

// What `gatehouse serve` answers to its gateway, on the plugin's workers, as a route of the generation:
//
//   POST /gatehouse/commands/{command}     runs an operator's command (gh.admin/1); arguments and answer are JSON
//
// Internal, and for `gateway` alone. Not asked for by plugins: it is an extension to be told of each generation.
class CommandRoutes final : public host::Extension {
public:
    explicit CommandRoutes(std::string_view gateway) : gateway_(gateway) {}
    // Before the first request.
    void use(host::PluginHost& plugins) { plugins_ = &plugins; }

    const char* id() const override { return "gatehouse.commands/1"; }
    const void* table() const override { return nullptr; }
    void attach(host::Generation& generation) override;

private:
    static void on_command(void* self, gh_request* request, const gh_request_view* view);

    const std::string gateway_;
    std::string service_;  // there is one in such a process
    host::PluginHost* plugins_ = nullptr;
};

// Has a service in another process run a command; blocks.  [any but loops]
admin::CommandAnswer ask_for_command(host::RemoteCaller& caller, std::string_view gateway, const std::string& service,
                                     const std::string& command, const std::string& arguments);

}  // namespace gatehouse

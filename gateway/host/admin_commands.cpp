// gh.admin/1 as the host uses it.
#include <gatehouse/ext/admin.h>

#include "gateway/host/library.hpp"
#include "gateway/host/lifecycle.hpp"

namespace gatehouse::host {

namespace {

std::string text_of(gh_str text) { return text.len == 0 ? std::string() : std::string(text.ptr, text.len); }

}  // namespace

const gh_admin* Lifecycle::admin_table(const Generation& generation) {
    const gh_plugin& plugin = generation.library_->plugin();
    if (plugin.extension == nullptr || generation.self_ == nullptr) return nullptr;
    return static_cast<const gh_admin*>(plugin.extension(generation.self_, GH_EXT_ADMIN));
}

std::vector<PluginHost::AdminCommand> Lifecycle::admin_commands(Generation& generation) {
    std::vector<PluginHost::AdminCommand> found;
    const Generation::Visit visit(generation);
    if (!visit) return found;
    const gh_admin* const table = admin_table(generation);
    if (!GH_HAS(table, run) || table->commands == nullptr) return found;
    const auto add = [](void* context, gh_str name, gh_str summary, gh_str schema) {
        static_cast<std::vector<PluginHost::AdminCommand>*>(context)->push_back(
            {text_of(name), text_of(summary), text_of(schema)});
    };
    table->commands(generation.self_, add, &found);
    return found;
}

PluginHost::AdminAnswer Lifecycle::run_admin(Generation& generation, const std::string& command,
                                             const std::string& arguments) {
    PluginHost::AdminAnswer answer;
    const Generation::Visit visit(generation);
    if (!visit) return {GH_E_UNAVAILABLE, {}};
    const gh_admin* const table = admin_table(generation);
    if (!GH_HAS(table, run) || table->run == nullptr) return answer;
    const auto take = [](void* context, gh_status, gh_str json) {
        *static_cast<std::string*>(context) = text_of(json);
    };
    answer.status = table->run(generation.self_, {command.data(), command.size()}, {arguments.data(), arguments.size()},
                               take, &answer.json);
    return answer;
}

}  // namespace gatehouse::host

// Changing the configuration of a running gateway: check, build, then swap. A flaw anywhere leaves everything as it is.
#include <ctime>

#include "gateway/app_parts.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse {

namespace {

bool is_same(const config::Listener& left, const config::Listener& right) {
    return left.host == right.host && left.port == right.port && left.is_unix == right.is_unix;
}

bool needs_restart(const config::Gateway& before, const config::Gateway& after) {
    if (before.listen.size() != after.listen.size() || before.loops != after.loops) return true;
    for (std::size_t i = 0; i < before.listen.size(); ++i) {
        if (!is_same(before.listen[i], after.listen[i])) return true;
    }
    if (before.admin.at.has_value() != after.admin.at.has_value()) return true;
    return (before.admin.at && !is_same(*before.admin.at, *after.admin.at)) ||
           before.assertion_key != after.assertion_key;
}

}  // namespace

// Plugins are not replaced: a service may leave for http:// and come back, but what is loaded stays as it was loaded.
std::optional<Error> App::Parts::check_reload(const config::Configuration& next) const {
    for (const auto& [name, service] : next.services) {
        if (!service.is_plugin()) continue;
        const auto before = mode.configuration.services.find(name);
        if (!generations.contains(name) || before == mode.configuration.services.end()) {
            return Error{"service \"" + name + "\": a plugin cannot be added without a restart"};
        }
        const config::Service& loaded = before->second;
        if (loaded.at.front().plugin != service.at.front().plugin || loaded.plugin_config != service.plugin_config ||
            loaded.workers != service.workers || loaded.queue != service.queue) {
            return Error{"service \"" + name + "\": a loaded plugin cannot be changed without a restart"};
        }
    }
    return std::nullopt;
}

// Compiles the configuration and gives it to every loop.
std::optional<Error> App::Parts::use(config::Configuration configuration) {
    const auto find_generation = [this](const config::Service& service) -> std::shared_ptr<host::Generation> {
        const auto found = generations.find(service.name);
        return found == generations.end() ? nullptr : found->second;
    };
    auto built =
        pipeline::build_snapshot(std::move(configuration), snapshots_built + 1, mode.mode, *filters, find_generation);
    if (!built) return built.error();
    ++snapshots_built;
    const std::shared_ptr<const pipeline::Snapshot>& next = *built;
    threads.run_on_each([&](IoLoop& loop) { servers[loop.index()]->install(next); });

    std::vector<std::string> remote;
    std::vector<config::Endpoint> endpoints;
    for (const auto& [name, service] : next->services.by_name) {
        if (!service.cluster) continue;
        remote.push_back(name);
        endpoints.insert(endpoints.end(), service.cluster->endpoints().begin(), service.cluster->endpoints().end());
    }
    current.with([&](auto& held) { held = next; });
    plugin_host->set_remote_services(std::move(remote));
    if (!name_refresher) {
        name_refresher = std::make_unique<upstream::NameRefresher>(
            [this](const std::string& key, const std::vector<upstream::Address>& found) {
                for (const auto& server : servers) {
                    server->loop().post(
                        [server = server.get(), key, found] { server->upstreams().set_addresses(key, found); });
                }
            });
    }
    name_refresher->watch(endpoints);
    return std::nullopt;
}

admin::ReloadReport App::Parts::reload() {
    admin::ReloadReport report;
    report.snapshot = snapshots_built;
    if (mode.options.config_file.empty()) return report;
    config::Loaded loaded = config::load_file(mode.options.config_file);
    std::optional<Error> refused;
    if (!loaded) {
        report.diagnostics = config::format_diagnostics_json(loaded);
        refused = Error{config::format_diagnostics(loaded)};
    } else if (refused = check_reload(loaded.configuration); !refused) {
        if (needs_restart(mode.configuration.gateway, loaded.configuration.gateway)) {
            logger.warn("changes of listeners, loops or keys take effect after a restart");
        }
        refused = use(std::move(loaded.configuration));
    }
    if (refused && loaded) {
        config::Diagnostic diagnostic;
        diagnostic.code = "G001";
        diagnostic.message = refused->message;
        loaded.diagnostics.push_back(diagnostic);
        report.diagnostics = config::format_diagnostics_json(loaded);
    }
    report.reloaded = !refused;
    report.snapshot = snapshots_built;
    gateway_metrics.set_reload(report.reloaded, static_cast<double>(std::time(nullptr)));
    if (refused) {
        logger.error("reload refused; the old configuration stays", {{"error", refused->message}});
    } else {
        logger.info("reloaded", {{"snapshot", report.snapshot}});
    }
    return report;
}

}  // namespace gatehouse

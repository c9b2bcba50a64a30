// Changing the configuration of a running gateway: check, build, then swap. A flaw anywhere leaves everything as it is.
#include <algorithm>
#include <ctime>

#include "gateway/app_parts.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse {

namespace {

constexpr Duration kInstallTimeout = 10s;

bool is_same(const config::Listener& left, const config::Listener& right) {
    return left.host == right.host && left.port == right.port && left.is_unix == right.is_unix;
}

bool is_same(const std::optional<config::Listener>& left, const std::optional<config::Listener>& right) {
    return left && right ? is_same(*left, *right) : left.has_value() == right.has_value();
}

// The keys of gateway: whose changes a running process cannot follow; empty if there is none.
std::string changed_for_restart(const config::Gateway& before, const config::Gateway& after) {
    std::string changed;
    const auto note = [&changed](bool is_same, std::string_view key) {
        if (!is_same) changed.append(changed.empty() ? "" : ", ").append(key);
    };
    const auto is_same_listener = [](const config::Listener& left, const config::Listener& right) {
        return is_same(left, right);
    };
    note(std::ranges::equal(before.listen, after.listen, is_same_listener), "listen");
    note(is_same(before.admin.at, after.admin.at), "admin");
    note(is_same(before.internal, after.internal), "internal");
    note(before.loops == after.loops, "loops");
    note(before.assertion_key == after.assertion_key, "assertion_key");
    note(before.kv == after.kv, "kv");
    note(before.events == after.events, "events");
    return changed;
}

}  // namespace

// Loads and starts what the configuration asks for and is not there yet: services that are new, that have moved here,
// or whose plugin or configuration has changed. After an error what was prepared is to be discarded.
std::optional<Error> App::Parts::use_plugins_of(const config::Configuration& next, Prepared& prepared) {
    for (const auto& [name, service] : next.services) {
        if (!service.is_plugin()) continue;
        const host::PluginSpec spec = spec_of(service);
        const auto before = loaded.find(name);
        if (before != loaded.end() && before->second.spec == spec) continue;
        host::Phases phases;
        auto made = prepare(spec, phases);
        if (!made) return made.error();
        prepared[name] = {spec, *made};
    }
    return std::nullopt;
}

// Gives a compiled configuration to every loop.
void App::Parts::install(const std::shared_ptr<const pipeline::Snapshot>& next) {
    snapshots_built = next->number;
    const bool has_every_loop = threads.run_on_each_until(
        Clock::now() + kInstallTimeout, [this, next](IoLoop& loop) { servers[loop.index()]->install(next); });
    if (!has_every_loop) logger.error("an event loop is blocked; it takes the new routes when it is back");

    std::vector<std::string> remote;
    std::vector<config::Endpoint> endpoints;
    for (const auto& [name, service] : next->services.by_name) {
        if (!service.cluster) continue;
        if (!service.is_asked_here()) remote.push_back(name);
        endpoints.insert(endpoints.end(), service.cluster->endpoints().begin(), service.cluster->endpoints().end());
    }
    current.with([&](auto& held) { held = next; });
    app_extensions->configure(next->configuration.gateway);
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
}

admin::ReloadReport App::Parts::reload() {
    admin::ReloadReport report;
    report.snapshot = snapshots_built;
    if (mode.options.config_file.empty()) {  // `serve`: there is nothing to read again but the plugin
        report.reloaded = reload_plugin(loaded.begin()->first).switched;
        report.snapshot = snapshots_built;
        return report;
    }
    config::Loaded read = config::load_file(mode.options.config_file);
    std::optional<Error> refused;
    if (!read) {
        report.diagnostics = config::format_diagnostics_json(read);
        refused = Error{config::format_diagnostics(read)};
    } else {
        const std::string later = changed_for_restart(mode.configuration.gateway, read.configuration.gateway);
        if (!later.empty()) logger.warn("some changes take effect after a restart only", {{"keys", later}});
        Prepared prepared;
        spawn_what_crashes(read.configuration, mode.options.plugin_directory, logger);
        refused = spawned->begin(read.configuration);
        if (!refused) refused = use_plugins_of(read.configuration, prepared);
        if (!refused) refused = switch_to(std::move(read.configuration), prepared);
        for (const auto& [service, next] : prepared) {
            if (refused) plugin_host->discard(next.generation);
        }
        spawned->retire(snapshot()->configuration);
    }
    if (refused && read) {
        config::Diagnostic diagnostic;
        diagnostic.code = "G001";
        diagnostic.message = refused->message;
        read.diagnostics.push_back(diagnostic);
        report.diagnostics = config::format_diagnostics_json(read);
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

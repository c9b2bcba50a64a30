// Which plugins the process has, and replacing one while it serves.
#include <algorithm>

#include "gateway/app_parts.hpp"

namespace gatehouse {

namespace {

using Routes = std::vector<std::string>;

Routes routes_of(const host::Generation& generation) {
    Routes routes;
    for (const host::PluginRoute& route : generation.routes().routes()) {
        routes.push_back(route.method + " " + route.pattern);
    }
    std::sort(routes.begin(), routes.end());
    return routes;
}

Routes without(const Routes& all, const Routes& those) {
    Routes left;
    std::set_difference(all.begin(), all.end(), those.begin(), those.end(), std::back_inserter(left));
    return left;
}

admin::PluginReport refused(const std::string& service, std::string_view phase, std::string why) {
    admin::PluginReport report;
    report.service = service;
    report.phase = phase;
    report.reason = std::move(why);
    return report;
}

}  // namespace

host::ReloadPolicy reload_policy(const config::Plugins& plugins) {
    host::ReloadPolicy policy;
    policy.observe = plugins.observe;
    policy.rollback_percent = plugins.rollback_percent;
    policy.rollback_answers = plugins.rollback_after;
    policy.drain = plugins.drain;
    policy.streams = plugins.streams;
    policy.grace = plugins.grace;
    policy.live_max = plugins.generations;
    policy.copies_kept = plugins.copies;
    policy.handover_required = plugins.handover_required;
    policy.canary.percent = plugins.canary.percent;
    policy.canary.time = plugins.canary.time;
    policy.canary.errors = plugins.canary.errors;
    policy.canary.slower = plugins.canary.slower;
    policy.canary.answers_min = plugins.rollback_after;
    return policy;
}

host::PluginSpec App::Parts::spec_of(const config::Service& service) const {
    host::PluginSpec spec;
    spec.service = service.name;
    spec.file =
        mode.plugin_file.empty() ? mode.options.plugin_directory / (service.library() + ".so") : mode.plugin_file;
    spec.config_json = service.plugin_config;
    spec.workers = service.workers;
    spec.queue = service.queue;
    spec.probes = service.probes;
    spec.is_successor = mode.mode == pipeline::Mode::backend;
    return spec;
}

std::shared_ptr<host::Generation> App::Parts::generation_of(const std::string& service) const {
    const auto found = loaded.find(service);
    return found == loaded.end() ? nullptr : found->second.generation;
}

// Loads and starts the next generation of a service, beside the one that serves.
Result<std::shared_ptr<host::Generation>> App::Parts::prepare(const host::PluginSpec& spec, host::Phases& phases) {
    host::PluginSpec wanted = spec;
    // The same file name is the same plugin; another one may be configured instead, by name.
    const auto before = loaded.find(spec.service);
    if (before != loaded.end() && before->second.spec.file.filename() == spec.file.filename()) {
        wanted.plugin_id = before->second.generation->file().id;
    }
    auto next = plugin_host->load(wanted, &phases);
    if (!next) return next.error();
    return plugin_host->prepare(*next, generation_of(spec.service), &phases);
}

// Brings prepared generations and a configuration into force together; the ones before are led to their end.
std::optional<Error> App::Parts::switch_to(config::Configuration configuration, Prepared prepared) {
    const auto find_generation = [&](const config::Service& service) {
        const auto next = prepared.find(service.name);
        return next != prepared.end() ? next->second.generation : generation_of(service.name);
    };
    auto built = pipeline::build_snapshot(std::move(configuration), snapshots_built + 1, mode.mode, *filters,
                                          find_generation, canary ? &*canary : nullptr);
    if (!built) return built.error();
    std::vector<std::pair<std::shared_ptr<host::Generation>, std::shared_ptr<host::Generation>>> replaced;
    for (auto& [service, next] : prepared) {
        if (auto before = plugin_host->take_over(next.generation)) replaced.emplace_back(before, next.generation);
        loaded[service] = next;
    }
    install(*built);
    for (auto each = loaded.begin(); each != loaded.end();) {
        const auto service = (*built)->services.by_name.find(each->first);
        const bool is_used = service != (*built)->services.by_name.end() && service->second.generation != nullptr;
        if (!is_used) replaced.emplace_back(each->second.generation, nullptr);
        each = is_used ? std::next(each) : loaded.erase(each);
    }
    plugin_host->set_policy(reload_policy((*built)->configuration.gateway.plugins));
    for (auto& [before, next] : replaced) plugin_host->retire(std::move(before), std::move(next));
    return std::nullopt;
}

// One generation of one service by another, under the configuration in force.
admin::PluginReport App::Parts::replace(const std::string& service, const host::PluginSpec& spec,
                                        std::shared_ptr<host::Generation> revived, Trial trial) {
    host::Phases phases;
    const auto before = generation_of(service);
    std::shared_ptr<host::Generation> next = std::move(revived);
    if (next == nullptr) {
        auto made = prepare(spec, phases);
        if (!made) return refused(service, phases.last(), made.error().message);
        next = *made;
        std::string why = trial == Trial::none ? std::string() : try_out(service, before, next, phases);
        if (!why.empty()) {
            return refused(service, phases.last(), std::move(why));
        }
    }
    phases.begin("switch");
    if (auto error = switch_to(snapshot()->configuration, {{service, {spec, next}}})) {
        plugin_host->discard(next);
        return refused(service, phases.last(), error->message);
    }
    phases.end();
    admin::PluginReport report;
    report.service = service;
    report.switched = true;
    report.generation = next->number();
    report.previous = before->number();
    report.phases = phases.all();
    report.routes_added = without(routes_of(*next), routes_of(*before));
    report.routes_removed = without(routes_of(*before), routes_of(*next));
    return report;
}

// The same for a service in a child process: another child takes over from the present one.
admin::PluginReport App::Parts::reload_child(const std::string& service) {
    if (auto error = spawned->reload(service)) return refused(service, "start", error->message);
    admin::PluginReport report;
    report.service = service;
    report.switched = true;
    return report;
}

admin::PluginReport App::Parts::reload_plugin(const std::string& service) {
    const auto found = loaded.find(service);
    const bool is_spawned = spawned && spawned->runs(service);
    admin::PluginReport report;
    if (found != loaded.end()) {
        report = replace(service, host::PluginSpec(found->second.spec), nullptr);
    } else if (!is_spawned) {
        report = refused(service, "find", "no service of that name runs in this process");
        report.is_unknown = true;
    }
    // Of a service with both homes the child follows, unless the plugin was refused.
    if (is_spawned && (found == loaded.end() || report.switched)) {
        admin::PluginReport child = reload_child(service);
        if (found == loaded.end() || !child.switched) report = std::move(child);
    }
    note("reload", report);
    return report;
}

// Every service that runs that file.
void App::Parts::reload_file(const std::string& plugin) {
    std::vector<std::string> services;
    for (const auto& [service, each] : loaded) {
        if (each.spec.file.stem() == plugin) services.push_back(service);
    }
    for (const auto& [name, service] : snapshot()->configuration.services) {
        const config::Endpoint* child = service.find(config::Endpoint::Kind::spawn);
        if (child != nullptr && child->plugin == plugin && !loaded.contains(name)) services.push_back(name);
    }
    for (const std::string& service : services) reload_plugin(service);
}

// Back to the warm generation, which is one swap; else the kept copy of the build before is loaded anew.
admin::PluginReport App::Parts::roll_back(const std::string& service, const std::string& why) {
    const auto found = loaded.find(service);
    admin::PluginReport report;
    if (found == loaded.end()) {
        report = refused(service, "find", "no service of that name runs in this process");
        report.is_unknown = true;
    } else if (canary && canary->service == service) {
        trial_ended = "a rollback was " + why;
        report.service = service;
        report.switched = true;
        report.generation = report.previous = found->second.generation->number();
    } else if (auto warm = plugin_host->revive(service)) {
        report = replace(service, host::PluginSpec(found->second.spec), std::move(warm));
    } else if (const auto copy = plugin_host->copy_before(*found->second.generation); !copy.empty()) {
        const host::PluginSpec configured = found->second.spec;
        host::PluginSpec spec = configured;
        spec.file = copy;
        report = replace(service, spec, nullptr, Trial::none);
        loaded[service].spec = configured;  // the next reload is of the file in the plugin directory again
    } else {
        report = refused(service, "find", "there is no earlier generation to go back to");
    }
    report.why = why;
    note("rollback", report);
    return report;
}

// Unless that generation was replaced meanwhile: what is warm then may be the bad one itself.
void App::Parts::take_back(const std::string& service, std::uint32_t generation, const std::string& why) {
    const auto serving = generation_of(service);
    if (serving != nullptr && serving->number() == generation) roll_back(service, why);
}

void App::Parts::note(std::string_view what, const admin::PluginReport& report) {
    if (!report.is_unknown) {
        const std::string_view done = what == "rollback" ? "rolled_back" : "switched";
        plugin_metrics.count_reload(report.service, report.switched ? done : "refused",
                                    report.switched ? std::string_view() : report.phase);
    }
    for (const auto& [step, took] : report.phases) {
        plugin_metrics.observe_phase(step, std::chrono::duration<double>(took).count());
    }
    if (!report.switched) {
        logger.error(std::string("plugin ") + std::string(what) + " refused; the old generation serves on",
                     {{"service", report.service}, {"phase", report.phase}, {"reason", report.reason}});
        return;
    }
    logger.info(std::string("plugin ") + std::string(what),
                {{"service", report.service},
                 {"generation", static_cast<std::size_t>(report.generation)},
                 {"previous", static_cast<std::size_t>(report.previous)},
                 {"routes_added", report.routes_added.size()},
                 {"routes_removed", report.routes_removed.size()},
                 {"why", report.why}});
}

}  // namespace gatehouse

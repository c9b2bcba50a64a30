#include "gateway/observe/plugin_metrics.hpp"

#include <cassert>

namespace gatehouse::observe {

namespace {

// A refusal here is a mistake in this file: the tests construct it.
Metrics::Family define(Metrics& metrics, MetricKind kind, std::string name, std::string help,
                       std::vector<std::string> labels = {}) {
    MetricSpec spec;
    spec.kind = kind;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.labels = std::move(labels);
    if (kind == MetricKind::histogram) {
        spec.unit = "seconds";
        spec.buckets = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30};
    }
    const auto family = metrics.define(spec);
    assert(family);
    return *family;
}

}  // namespace

PluginMetrics::PluginMetrics(Metrics& metrics) : metrics_(metrics) {
    using enum MetricKind;
    reloads_ = define(metrics, counter, "gatehouse_plugin_reloads_total",
                      "Replacements of a plugin that were asked for, and what became of them.",
                      {"plugin", "result", "reason"});
    seconds_ =
        define(metrics, histogram, "gatehouse_plugin_reload_seconds", "Time that a phase of a reload took.", {"phase"});
    generation_ =
        define(metrics, gauge, "gatehouse_plugin_generation", "Number of the generation that serves.", {"plugin"});
    state_ = define(metrics, gauge, "gatehouse_plugin_state", "Generations in that state.", {"plugin", "state"});
    pinned_ = define(metrics, gauge, "gatehouse_plugin_pinned_generations",
                     "Ended generations whose code could not be unmapped.");
    unmapped_ = define(metrics, counter, "gatehouse_plugin_unmapped_total", "Ended generations that were unmapped.");
}

void PluginMetrics::count_reload(std::string_view service, std::string_view result, std::string_view reason) {
    const std::string_view labels[] = {service, result, reason};
    metrics_.record(reloads_, 1, labels);
}

void PluginMetrics::observe_phase(std::string_view phase, double seconds) {
    const std::string_view labels[] = {phase};
    metrics_.record(seconds_, seconds, labels);
}

void PluginMetrics::set_generation(std::string_view service, double number) {
    const std::string_view labels[] = {service};
    metrics_.record(generation_, number, labels);
}

void PluginMetrics::set_state(std::string_view service, std::string_view state, double generations) {
    const std::string_view labels[] = {service, state};
    metrics_.record(state_, generations, labels);
}

void PluginMetrics::set_totals(double pinned, double unmapped) {
    metrics_.record(pinned_, pinned);
    metrics_.record_total(unmapped_, unmapped);
}

}  // namespace gatehouse::observe

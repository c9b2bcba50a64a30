#include "gateway/observe/spawn_metrics.hpp"

#include <cassert>

namespace gatehouse::observe {

namespace {

// A refusal here is a mistake in this file: the tests construct it.
Metrics::Family define(Metrics& metrics, MetricKind kind, std::string name, std::string help,
                       std::vector<std::string> labels) {
    MetricSpec spec;
    spec.kind = kind;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.labels = std::move(labels);
    const auto family = metrics.define(spec);
    assert(family);
    return *family;
}

}  // namespace

SpawnMetrics::SpawnMetrics(Metrics& metrics) : metrics_(metrics) {
    up_ = define(metrics, MetricKind::gauge, "gatehouse_spawn_up", "Whether the service's child process answers.",
                 {"service"});
    restarts_ = define(metrics, MetricKind::counter, "gatehouse_spawn_restarts_total",
                       "Child processes that had to be started again, and why.", {"service", "reason"});
}

void SpawnMetrics::set_up(std::string_view service, bool is_up) {
    const std::string_view labels[] = {service};
    metrics_.record(up_, is_up ? 1 : 0, labels);
}

void SpawnMetrics::count_restart(std::string_view service, std::string_view reason) {
    const std::string_view labels[] = {service, reason};
    metrics_.record(restarts_, 1, labels);
}

}  // namespace gatehouse::observe

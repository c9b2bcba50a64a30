#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse::pipeline {

// Plugins' log lines and metrics, into the gateway's own. A line carries the service's name; a metric gets the prefix
// "gatehouse_plugin_" and the label "service".  [any]
class TelemetryAdapter final : public host::Telemetry {
public:
    TelemetryAdapter(observe::Logger& logger, observe::Metrics& metrics) : logger_(logger), metrics_(metrics) {}

    int log_level() const override;
    void log(int level, std::string_view service, std::string_view message, std::span<const Field> fields) override;
    int define_metric(std::string_view service, const gh_metric& metric) override;
    void record(int metric, double value, std::span<const std::string_view> labels) override;

private:
    struct Defined {
        observe::Metrics::Family family;
        std::string service;
        std::size_t labels;
    };
    observe::Logger& logger_;
    observe::Metrics& metrics_;
    mutable std::shared_mutex mutex_;  // defined_
    std::vector<std::unique_ptr<Defined>> defined_;
};

}  // namespace gatehouse::pipeline

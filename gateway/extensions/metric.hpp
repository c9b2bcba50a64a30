#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/observe/metrics.hpp"

namespace gatehouse::extensions {

// REQUIRES: a name that nobody else has defined otherwise.
inline observe::Metrics::Family define_metric(observe::Metrics& metrics, observe::MetricKind kind, std::string name,
                                              std::string help, std::vector<std::string> labels = {}) {
    observe::MetricSpec spec;
    spec.kind = kind;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.labels = std::move(labels);
    return *metrics.define(spec);
}

}  // namespace gatehouse::extensions

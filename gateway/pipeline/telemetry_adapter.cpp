#include "gateway/pipeline/telemetry_adapter.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace gatehouse::pipeline {

namespace {

constexpr std::size_t kFieldsMax = 32;
constexpr std::size_t kLabelsMax = 8;

observe::LogLevel level_of(int level) {
    switch (level) {
        case GH_LOG_TRACE: return observe::LogLevel::trace;
        case GH_LOG_DEBUG: return observe::LogLevel::debug;
        case GH_LOG_WARN: return observe::LogLevel::warn;
        case GH_LOG_ERROR: return observe::LogLevel::error;
        default: return observe::LogLevel::info;
    }
}

std::string text_of(gh_str text) { return {text.ptr, text.len}; }

observe::MetricSpec spec_of(const gh_metric& metric) {
    observe::MetricSpec spec;
    spec.name = "gatehouse_plugin_" + text_of(metric.name);
    spec.help = text_of(metric.help);
    spec.unit = text_of(metric.unit);
    spec.kind = metric.kind == GH_COUNTER ? observe::MetricKind::counter
                : metric.kind == GH_GAUGE ? observe::MetricKind::gauge
                                          : observe::MetricKind::histogram;
    if (spec.kind == observe::MetricKind::counter && !spec.name.ends_with("_total")) spec.name += "_total";
    spec.labels.push_back("service");
    for (std::size_t i = 0; i < metric.n_labels; ++i) spec.labels.push_back(text_of(metric.label_names[i]));
    if (spec.kind == observe::MetricKind::histogram) {
        spec.buckets.assign(metric.buckets, metric.buckets + metric.n_buckets);
    }
    return spec;
}

}  // namespace

int TelemetryAdapter::log_level() const {
    switch (logger_.level()) {
        case observe::LogLevel::trace: return GH_LOG_TRACE;
        case observe::LogLevel::debug: return GH_LOG_DEBUG;
        case observe::LogLevel::info: return GH_LOG_INFO;
        case observe::LogLevel::warn: return GH_LOG_WARN;
        case observe::LogLevel::error: return GH_LOG_ERROR;
        case observe::LogLevel::off: return GH_LOG_ERROR + 1;
    }
    return GH_LOG_INFO;
}

void TelemetryAdapter::log(int level, std::string_view service, std::string_view message,
                           std::span<const Field> fields) {
    const observe::LogLevel own_level = level_of(level);
    if (!logger_.enabled(own_level)) return;
    std::vector<observe::LogField> own;
    own.reserve(fields.size() + 1);
    own.emplace_back("service", service);
    for (const Field& field : fields.first(std::min(fields.size(), kFieldsMax)))
        own.emplace_back(field.key, field.value);
    logger_.write(own_level, message, own);
}

int TelemetryAdapter::define_metric(std::string_view service, const gh_metric& metric) {
    if (metric.kind < GH_COUNTER || metric.kind > GH_HISTOGRAM || metric.n_labels >= kLabelsMax) return -1;
    const auto family = metrics_.define(spec_of(metric));
    if (!family) return -1;
    std::unique_lock lock(mutex_);
    for (std::size_t id = 0; id < defined_.size(); ++id) {
        if (defined_[id]->family == *family && defined_[id]->service == service) return static_cast<int>(id);
    }
    defined_.push_back(std::make_unique<Defined>(Defined{*family, std::string(service), metric.n_labels}));
    return static_cast<int>(defined_.size() - 1);
}

void TelemetryAdapter::record(int metric, double value, std::span<const std::string_view> labels) {
    const Defined* defined = nullptr;
    {
        std::shared_lock lock(mutex_);
        if (metric < 0 || static_cast<std::size_t>(metric) >= defined_.size()) return;
        defined = defined_[static_cast<std::size_t>(metric)].get();
    }
    if (labels.size() != defined->labels) return;
    std::array<std::string_view, kLabelsMax> values;
    values[0] = defined->service;
    std::copy(labels.begin(), labels.end(), values.begin() + 1);
    metrics_.record(defined->family, value, observe::Metrics::Labels(values.data(), labels.size() + 1));
}

}  // namespace gatehouse::pipeline

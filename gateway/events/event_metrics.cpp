#include "gateway/events/event_metrics.hpp"

#include <cassert>
#include <string>
#include <vector>

namespace gatehouse::events {

namespace {

using observe::MetricKind;
using observe::Metrics;

// A refusal here is a mistake in this file: the tests construct it.
Metrics::Family define(Metrics& metrics, MetricKind kind, std::string name, std::string help,
                       std::vector<std::string> labels) {
    observe::MetricSpec spec;
    spec.kind = kind;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.labels = std::move(labels);
    const auto family = metrics.define(spec);
    assert(family);
    return *family;
}

}  // namespace

EventMetrics::EventMetrics(Metrics& metrics)
    : metrics_(metrics),
      published_(define(metrics, MetricKind::counter, "gatehouse_events_published_total",
                        "Events that are safe, by publishing service.", {"service", "type"})),
      publish_failed_(define(metrics, MetricKind::counter, "gatehouse_events_publish_failures_total",
                             "Events that were given back to the publishing service.", {"service", "type"})),
      delivered_(define(metrics, MetricKind::counter, "gatehouse_events_delivered_total",
                        "Events that a subscribing service has processed.", {"service", "type"})),
      redelivered_(define(metrics, MetricKind::counter, "gatehouse_events_redelivered_total",
                          "Deliveries that were not the first try.", {"service", "type"})),
      delivery_failed_(define(metrics, MetricKind::counter, "gatehouse_events_delivery_failures_total",
                              "Deliveries that a subscribing service wants again later.", {"service", "type"})),
      lag_(define(metrics, MetricKind::gauge, "gatehouse_events_lag", "Events that wait for a subscribing service.",
                  {"service"})),
      connected_(define(metrics, MetricKind::gauge, "gatehouse_events_bus_connected",
                        "1 if the event bus can be reached, else 0.", {"bus"})) {}

void EventMetrics::count(Metrics::Family family, std::string_view service, std::string_view type) {
    const std::string_view labels[] = {service, type};
    metrics_.record(family, 1, labels);
}

void EventMetrics::published(std::string_view service, std::string_view type) { count(published_, service, type); }
void EventMetrics::publish_failed(std::string_view service, std::string_view type) {
    count(publish_failed_, service, type);
}
void EventMetrics::delivered(std::string_view service, std::string_view type) { count(delivered_, service, type); }
void EventMetrics::redelivered(std::string_view service, std::string_view type) { count(redelivered_, service, type); }
void EventMetrics::delivery_failed(std::string_view service, std::string_view type) {
    count(delivery_failed_, service, type);
}

void EventMetrics::set_lag(std::string_view service, std::uint64_t events) {
    const std::string_view labels[] = {service};
    metrics_.record(lag_, static_cast<double>(events), labels);
}

void EventMetrics::set_connected(std::string_view bus, bool connected) {
    const std::string_view labels[] = {bus};
    metrics_.record(connected_, connected ? 1 : 0, labels);
}

}  // namespace gatehouse::events

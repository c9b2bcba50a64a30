#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/observe/metrics.hpp"

namespace gatehouse::events {

// What the event bus counts.  [any]
class EventMetrics final {
public:
    explicit EventMetrics(observe::Metrics& metrics);

    void published(std::string_view service, std::string_view type);
    void publish_failed(std::string_view service, std::string_view type);
    void delivered(std::string_view service, std::string_view type);
    void redelivered(std::string_view service, std::string_view type);
    void delivery_failed(std::string_view service, std::string_view type);
    void set_lag(std::string_view service, std::uint64_t events);
    void set_connected(std::string_view bus, bool connected);

    observe::Metrics& registry() { return metrics_; }

private:
    void count(observe::Metrics::Family family, std::string_view service, std::string_view type);

    observe::Metrics& metrics_;
    observe::Metrics::Family published_, publish_failed_, delivered_, redelivered_, delivery_failed_, lag_, connected_;
};

}  // namespace gatehouse::events

#pragma once

#include <string_view>

#include "gateway/observe/metrics.hpp"

namespace gatehouse::observe {

// What is counted of child processes.
class SpawnMetrics final {
public:
    explicit SpawnMetrics(Metrics& metrics);

    void set_up(std::string_view service, bool is_up);  // whether one answers
    // reason: "exit", "signal", "hang", "start_failed", "reload"
    void count_restart(std::string_view service, std::string_view reason);

private:
    Metrics& metrics_;
    Metrics::Family up_, restarts_;
};

}  // namespace gatehouse::observe

#pragma once

#include <string_view>

#include "gateway/observe/metrics.hpp"

namespace gatehouse::observe {

// What is counted of plugins and their replacement. States are counted per service, not per generation: a label that
// grows with every reload would never end.
class PluginMetrics final {
public:
    explicit PluginMetrics(Metrics& metrics);

    // result: "switched", "refused", "rolled_back"; reason: the phase that refused, empty otherwise.
    void count_reload(std::string_view service, std::string_view result, std::string_view reason);
    void observe_phase(std::string_view phase, double seconds);
    // Refreshed when scraped.
    void set_generation(std::string_view service, double number);
    void set_state(std::string_view service, std::string_view state, double generations);
    void set_totals(double pinned, double unmapped);

private:
    Metrics& metrics_;
    Metrics::Family reloads_, seconds_, generation_, state_, pinned_, unmapped_;
};

}  // namespace gatehouse::observe

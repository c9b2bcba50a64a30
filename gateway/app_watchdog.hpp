#pragma once

#include <memory>

#include "gateway/config/model.hpp"
#include "gateway/host/watchdog.hpp"

namespace gatehouse {

namespace host {
class PluginHost;
}
namespace observe {
class Logger;
class Metrics;
}  // namespace observe

// A watchdog over the loops that tells the log and the metrics. Ends before loops, host, log and metrics do.
std::unique_ptr<host::Watchdog> make_watchdog(const std::vector<IoLoop*>& loops, const host::PluginHost& plugins,
                                              observe::Logger& logger, observe::Metrics& metrics,
                                              const config::Plugins& configured);

// Has crashes told, and remembered in the configured file: see host/crash_report.hpp.
void install_crash_report(const config::Plugins& configured);

}  // namespace gatehouse

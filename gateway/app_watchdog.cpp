#include "gateway/app_watchdog.hpp"

#include <filesystem>

#include "gateway/host/crash_report.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse {

namespace {

using Event = host::Watchdog::Event;

observe::Metrics::Family counter(observe::Metrics& metrics, std::string name, std::string help,
                                 std::vector<std::string> labels) {
    observe::MetricSpec spec;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.labels = std::move(labels);
    return *metrics.define(spec);
}

class Reporter final {
public:
    Reporter(observe::Logger& logger, observe::Metrics& metrics)
        : logger_(logger),
          metrics_(metrics),
          slow_(counter(metrics, "gatehouse_plugin_slow_calls_total",
                        "Calls of a plugin that kept an event loop for longer than 5 ms, as far as they were seen",
                        {"plugin", "route"})),
          stalls_(counter(metrics, "gatehouse_plugin_stalls_total", "Calls of a plugin that blocked an event loop",
                          {"plugin", "route"})),
          breaks_(counter(metrics, "gatehouse_plugin_breaker_opened_total",
                          "How often requests were kept away from a plugin that blocked an event loop", {"plugin"})),
          stuck_(counter(metrics, "gatehouse_loop_stalls_total", "Stalls of an event loop outside of plugins",
                         {"loop"})) {}

    void operator()(const Event& event) const {
        const std::string loop = std::to_string(event.loop);
        const std::string plugin = event.generation ? event.generation->service() : "unknown";
        const std::string_view route = event.route.empty() ? to_text(event.activity) : std::string_view(event.route);
        const std::string_view where[] = {plugin, route};
        switch (event.kind) {
            case Event::Kind::slow:
                metrics_.record(slow_, 1, where);
                if (logger_.enabled(observe::LogLevel::debug)) tell(observe::LogLevel::debug, "a slow call", event);
                break;
            case Event::Kind::stalled:
                metrics_.record(stalls_, 1, where);
                tell(observe::LogLevel::warn, "a plugin blocks an event loop", event);
                break;
            case Event::Kind::broken:
                metrics_.record(breaks_, 1, std::span(where, 1));
                tell(observe::LogLevel::error, "a plugin blocks an event loop; it gets no requests", event);
                break;
            case Event::Kind::half_open: tell(observe::LogLevel::info, "a plugin is tried again", event); break;
            case Event::Kind::loop_stuck: {
                const std::string_view label[] = {loop};
                metrics_.record(stuck_, 1, label);
                logger_.error("an event loop is stuck", {{"loop", event.loop}, {"ms", milliseconds(event.lasted)}});
                break;
            }
        }
    }

private:
    static std::int64_t milliseconds(Duration duration) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    }

    void tell(observe::LogLevel level, std::string_view message, const Event& event) const {
        const std::string service = event.generation ? event.generation->service() : "unknown";
        const std::uint32_t number = event.generation ? event.generation->number() : 0;
        logger_.log(level, message,
                    {{"plugin", service},
                     {"generation", number},
                     {"doing", to_text(event.activity)},
                     {"route", event.route},
                     {"request", event.request_id},
                     {"loop", event.loop},
                     {"ms", milliseconds(event.lasted)}});
    }

    observe::Logger& logger_;
    observe::Metrics& metrics_;
    observe::Metrics::Family slow_, stalls_, breaks_, stuck_;
};

}  // namespace

std::unique_ptr<host::Watchdog> make_watchdog(const std::vector<IoLoop*>& loops, const host::PluginHost& plugins,
                                              observe::Logger& logger, observe::Metrics& metrics,
                                              const config::Plugins& configured) {
    host::Watchdog::Options options;
    options.loops = loops;
    options.limits.stalled = configured.stall_after;
    options.limits.broken = configured.break_after;
    options.limits.retry = configured.retry_after;
    options.hold = [&plugins](const host::Generation* generation) { return plugins.hold(generation); };
    options.report = Reporter(logger, metrics);
    return std::make_unique<host::Watchdog>(std::move(options));
}

void install_crash_report(const config::Plugins& configured) {
    host::CrashReportOptions options;
    if (!configured.crash_file.empty()) {
        options.history = configured.crash_file;
        options.report = std::filesystem::path(configured.crash_file).replace_filename("crash-reports.txt");
    }
    host::install_crash_report(options);
}

}  // namespace gatehouse

#pragma once

#include <memory>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/extensions/http_client.hpp"
#include "gateway/extensions/span_exporter.hpp"
#include "gateway/extensions/tracer.hpp"
#include "gateway/loop_threads.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse {

// What plugins ask other services and collectors through. Made while the loops run, destroyed when they have ended.
class AppExtensions final {
public:
    AppExtensions(LoopThreads& threads, const upstream::RemoteCalls& remote, const config::Gateway& gateway,
                  observe::Metrics& metrics);
    AppExtensions(const AppExtensions&) = delete;
    AppExtensions& operator=(const AppExtensions&) = delete;

    std::vector<host::Extension*> all() { return {&http_client_, &tracer_}; }
    // What may change while it runs: allowed URLs and the share of traces. May block on the name service.
    void configure(const config::Gateway& gateway);
    // Sends the last spans and lets connections go, for a bounded time. REQUIRES: every plugin has ended.
    void close();

private:
    LoopThreads& threads_;
    std::unique_ptr<extensions::SpanExporter> exporter_;  // null without a collector
    extensions::HttpClient http_client_;
    extensions::Tracer tracer_;
};

}  // namespace gatehouse

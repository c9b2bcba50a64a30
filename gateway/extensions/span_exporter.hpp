#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/base/task.hpp"
#include "gateway/extensions/span.hpp"
#include "gateway/observe/metrics.hpp"
#include "gateway/upstream/cluster.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::extensions {

// Sends spans to a collector by OTLP/HTTP JSON, in batches, from one loop. Its queue is bounded: a collector that is
// slow or down costs spans, which are counted, never a request's time.
//   gatehouse_trace_spans_total{result="exported"|"refused"|"dropped"}
class SpanExporter final {
public:
    static constexpr std::size_t kQueueMax = 2048;
    static constexpr std::size_t kBatchMax = 512;
    static constexpr Duration kInterval = std::chrono::seconds(1);

    // url: "http://host:port/v1/traces". Resolves its name: may block. The loop and metrics outlive this; destroyed
    // when the loop has ended.  [main]
    SpanExporter(IoLoop& loop, const std::string& url, observe::Metrics& metrics);
    ~SpanExporter();
    SpanExporter(const SpanExporter&) = delete;
    SpanExporter& operator=(const SpanExporter&) = delete;

    void add(Span span);  // [any]
    // Sends what waits; no more is sent afterwards by itself.  [loop]
    void stop();
    bool is_idle() const { return !is_sending_.load() && queued_.load() == 0; }  // [any]

private:
    void begin();
    void flush();
    Task<> send(std::vector<Span> batch);
    void count(const char* result, std::size_t spans);
    static void on_timer(void* self);

    IoLoop& loop_;
    std::string target_;
    std::unique_ptr<upstream::Cluster> cluster_;
    upstream::Directory directory_;
    upstream::Upstreams upstreams_;
    observe::Metrics& metrics_;
    observe::Metrics::Family spans_;
    Guarded<std::deque<Span>> queue_;
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> is_sending_{false};
    bool is_stopped_ = false;
    TimerWheel::Entry timer_;
};

}  // namespace gatehouse::extensions

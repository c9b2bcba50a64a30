#include "gateway/extensions/span_exporter.hpp"

#include <algorithm>

#include "gateway/extensions/metric.hpp"
#include "gateway/http/absolute_url.hpp"
#include "gateway/upstream/fetch.hpp"

namespace gatehouse::extensions {

namespace {

constexpr Duration kExportTimeout = 5s;

config::Service service_of(const std::string& url) {
    config::Service service;
    service.name = "otlp";
    config::Endpoint endpoint;
    endpoint.kind = config::Endpoint::Kind::http;
    if (const auto parsed = http::parse_absolute_url(url)) {
        endpoint.host = parsed->host.find(':') == std::string::npos ? parsed->host : "[" + parsed->host + "]";
        endpoint.port = parsed->port;
    }
    service.at = {endpoint};
    service.pool.connections = 1;
    return service;
}

}  // namespace

SpanExporter::SpanExporter(IoLoop& loop, const std::string& url, observe::Metrics& metrics)
    : loop_(loop),
      cluster_(std::make_unique<upstream::Cluster>(service_of(url))),
      upstreams_(loop, directory_),
      metrics_(metrics),
      spans_(define_metric(metrics, observe::MetricKind::counter, "gatehouse_trace_spans_total",
                           "Spans of plugins by what became of them", {"result"})),
      timer_(&SpanExporter::on_timer, this) {
    if (const auto parsed = http::parse_absolute_url(url)) target_ = parsed->target;
    loop_.post([this] { begin(); });
}

SpanExporter::~SpanExporter() = default;

void SpanExporter::begin() {
    upstreams_.attach(*cluster_);
    loop_.schedule(timer_, Clock::now() + kInterval);
}

void SpanExporter::count(const char* result, std::size_t spans) {
    const std::string_view labels[] = {result};
    metrics_.record(spans_, static_cast<double>(spans), labels);
}

void SpanExporter::add(Span span) {
    std::size_t size = kQueueMax + 1;
    queue_.with([&](std::deque<Span>& queue) {
        if (queue.size() >= kQueueMax) return;
        queue.push_back(std::move(span));
        size = queue.size();
        queued_.store(size);
    });
    if (size > kQueueMax) return count("dropped", 1);
    if (size == kBatchMax) loop_.post([this] { flush(); });
}

void SpanExporter::on_timer(void* context) {
    auto& self = *static_cast<SpanExporter*>(context);
    self.flush();
    if (!self.is_stopped_) self.loop_.schedule(self.timer_, Clock::now() + kInterval);
}

void SpanExporter::stop() {
    is_stopped_ = true;
    loop_.cancel(timer_);
    flush();
}

void SpanExporter::flush() {
    if (is_sending_.load()) return;
    std::vector<Span> batch;
    queue_.with([&](std::deque<Span>& queue) {
        const std::size_t size = std::min(queue.size(), kBatchMax);
        batch.assign(std::make_move_iterator(queue.begin()),
                     std::make_move_iterator(queue.begin() + static_cast<std::ptrdiff_t>(size)));
        queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(size));
        if (!batch.empty()) is_sending_.store(true);  // before the queue looks empty
        queued_.store(queue.size());
    });
    if (!batch.empty()) spawn(send(std::move(batch)));
}

// One batch at a time, never twice: a collector that is down gets what comes next.
Task<> SpanExporter::send(std::vector<Span> batch) {
    const std::string body = otlp_json(batch);
    upstream::FetchRequest request;
    request.method = "POST";
    request.target = target_;
    request.fields = "content-type: application/json\r\n";
    request.body = body;
    request.deadline = Clock::now() + kExportTimeout;
    const upstream::Fetched fetched = co_await upstream::fetch(loop_, *cluster_, request);
    const bool is_taken = fetched.outcome == upstream::Outcome::ok && fetched.status >= 200 && fetched.status < 300;
    count(is_taken ? "exported" : "refused", batch.size());
    is_sending_.store(false);
    if (queued_.load() >= kBatchMax || is_stopped_) flush();
    if (is_stopped_ && is_idle()) upstreams_.close_idle();
}

}  // namespace gatehouse::extensions

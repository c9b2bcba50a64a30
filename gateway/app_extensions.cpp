#include "gateway/app_extensions.hpp"

#include <thread>

namespace gatehouse {

namespace {

constexpr Duration kLastSpansTimeout = 2s;

std::unique_ptr<extensions::SpanExporter> make_exporter(LoopThreads& threads, const config::Trace& trace,
                                                        observe::Metrics& metrics) {
    if (trace.otlp.empty()) return nullptr;
    return std::make_unique<extensions::SpanExporter>(*threads.loops().front(), trace.otlp, metrics);
}

}  // namespace

AppExtensions::AppExtensions(LoopThreads& threads, const upstream::RemoteCalls& remote, const config::Gateway& gateway,
                             observe::Metrics& metrics)
    : threads_(threads),
      exporter_(make_exporter(threads, gateway.trace, metrics)),
      http_client_(threads.loops(), &remote),
      tracer_(exporter_.get()) {}

void AppExtensions::configure(const config::Gateway& gateway) {
    http_client_.allow(gateway.http_client);
    tracer_.set_sample(gateway.trace.sample);
}

void AppExtensions::close() {
    if (exporter_) {
        threads_.run_on_each([this](IoLoop& loop) {
            if (loop.index() == threads_.loops().front()->index()) exporter_->stop();
        });
        const TimePoint deadline = Clock::now() + kLastSpansTimeout;
        while (!exporter_->is_idle() && Clock::now() < deadline) std::this_thread::sleep_for(5ms);
    }
    threads_.run_on_each([this](IoLoop& loop) { http_client_.close_idle(loop); });
}

}  // namespace gatehouse

#include "gateway/pipeline/filters/completion.hpp"

#include "gateway/base/io_loop.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse::pipeline {

namespace {

observe::AccessRecord record_of(const Exchange& exchange, Duration duration) {
    observe::AccessRecord record;
    record.request_id = exchange.request_id;
    record.client = exchange.client.address;
    record.method = exchange.request.method;
    record.path = exchange.request.path;
    record.query = exchange.request.query;
    record.has_query = exchange.request.has_query;
    record.status = exchange.status;
    record.reason = exchange.reason;
    record.service = exchange.upstream;
    record.generation = exchange.plugin_generation;
    record.user = exchange.identity.id;
    record.bytes_in = exchange.bytes_in;
    record.bytes_out = exchange.bytes_out;
    record.duration = duration;
    if (exchange.match.route != nullptr) record.route = exchange.match.route->name;
    return record;
}

}  // namespace

Completion::Completion(std::size_t loops, observe::GatewayMetrics& metrics, observe::AccessLog* access_log)
    : metrics_(metrics), access_log_(access_log), loops_(loops), unrouted_(&by_name("none")) {}

Completion::~Completion() = default;

void Completion::on_complete(const Exchange& exchange) {
    const Duration duration = Clock::now() - exchange.received;
    metrics_of(exchange).count(exchange.request.method, exchange.status,
                               std::chrono::duration<double>(duration).count());
    if (!exchange.reason.empty()) metrics_.count_error(exchange.reason);
    if (access_log_ != nullptr) access_log_->write(*exchange.loop, record_of(exchange, duration));
}

observe::RouteMetrics& Completion::metrics_of(const Exchange& exchange) {
    if (exchange.match.route == nullptr || exchange.snapshot == nullptr) return *unrouted_;
    LoopState& state = loops_[exchange.loop->index()];
    const Snapshot& snapshot = *exchange.snapshot;
    if (snapshot.number < state.snapshot) return by_name(exchange.match.route->name);  // began before a reload
    if (snapshot.number > state.snapshot) {
        state.routes.clear();
        for (const config::Route& route : snapshot.table->routes()) state.routes.push_back(&by_name(route.name));
        state.snapshot = snapshot.number;
    }
    return *state.routes[exchange.match.index];
}

observe::RouteMetrics& Completion::by_name(const std::string& route) {
    std::scoped_lock lock(mutex_);
    auto& metrics = by_name_[route];
    if (!metrics) metrics = metrics_.route(route);
    return *metrics;
}

}  // namespace gatehouse::pipeline

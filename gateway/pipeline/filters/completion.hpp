#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/observe/access_log.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

// Writes the access log and counts the request. One per process; outlives the loops' last exchange.
class Completion final : public CompletionObserver {
public:
    // access_log may be null: then only metrics.
    Completion(std::size_t loops, observe::GatewayMetrics& metrics, observe::AccessLog* access_log);
    ~Completion();

    void on_complete(const Exchange& exchange) override;

private:
    // The metrics of a snapshot's routes by index, as one loop knows them.
    struct LoopState {
        std::uint64_t snapshot = 0;
        std::vector<observe::RouteMetrics*> routes;
    };
    observe::RouteMetrics& metrics_of(const Exchange& exchange);
    observe::RouteMetrics& by_name(const std::string& route);

    observe::GatewayMetrics& metrics_;
    observe::AccessLog* access_log_;
    std::vector<LoopState> loops_;  // by index, each touched by its loop only
    std::mutex mutex_;              // by_name_; nodes never move
    std::unordered_map<std::string, std::unique_ptr<observe::RouteMetrics>> by_name_;
    observe::RouteMetrics* unrouted_;
};

}  // namespace gatehouse::pipeline

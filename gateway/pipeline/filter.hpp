#pragma once

#include <memory>
#include <vector>

#include "gateway/base/task.hpp"
#include "gateway/config/model.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

struct Services;

// One step of the pipeline, compiled for one snapshot. One object serves all loops at the same time: what it changes is
// kept per loop (index it with exchange.loop->index()) or is guarded.
class Filter {
public:
    virtual ~Filter() = default;

    // Decides now. `reply`: exchange.reply was filled.  [loop]
    virtual Verdict handle(Exchange& exchange) = 0;

    // Called after handle() said `pending`; gives next or reply. The exchange outlives the task. When the client goes
    // away meanwhile, exchange.client_gone is set and the answer is not used. Ends by exchange.deadline.  [loop]
    virtual Task<Verdict> resume(Exchange& exchange);

    // Whether a request that it has let in would be let in again, as the same caller; true while nobody can tell. Asked
    // while an answer goes on, maybe of the filter of a later snapshot. The exchange outlives the task.  [loop]
    virtual Task<bool> passes_still(const Exchange& exchange);
};

// Told once about every exchange that has a request head, when the last octet of its answer was handed to the kernel or
// the connection was lost: access log and metrics. Also about refused heads, with an empty request.  [loop]
class CompletionObserver {
public:
    virtual void on_complete(const Exchange& exchange) = 0;

protected:
    ~CompletionObserver() = default;
};

using Filters = std::vector<std::unique_ptr<Filter>>;

// Makes the filters of a snapshot in their fixed order; keeps what outlives snapshots (buckets, decision caches).
class FilterFactory {
public:
    // Request id, identity strip.  [main]
    virtual Filters before_route(const config::Configuration& configuration) = 0;
    // rate(ip) > auth > rate(user) > require, as far as the route asks for them. REQUIRES: `services` and the route
    // outlive the filters (they are in the same snapshot).  [main]
    virtual Filters for_route(const config::Configuration& configuration, const config::Route& route,
                              const Services& services) = 0;

protected:
    ~FilterFactory() = default;
};

}  // namespace gatehouse::pipeline

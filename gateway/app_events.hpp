#pragma once

#include <memory>
#include <string>

#include "gateway/app.hpp"
#include "gateway/base/guarded.hpp"
#include "gateway/events/events_extension.hpp"
#include "gateway/host/worker_pool.hpp"
#include "gateway/net/handler.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse {

// POST /gatehouse/events at the internal listener: what services in other processes publish over the embedded bus. It
// is done on threads of its own, and the loop goes on meanwhile.
class EventsFromPeers final : public net::RequestHandler {
public:
    explicit EventsFromPeers(events::EventsExtension& events);
    ~EventsFromPeers() override;

    Task<> handle(pipeline::Exchange& exchange, std::string_view body) override;

private:
    events::EventsExtension& events_;
    std::unique_ptr<host::WorkerPool> workers_;
};

}  // namespace gatehouse

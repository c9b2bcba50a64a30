#pragma once

#include <memory>
#include <string>

#include "gateway/events/events_extension.hpp"

namespace gatehouse::events {

// What `gatehouse serve` answers to its gateway, on the plugin's workers, as routes of the generation:
//
//   GET  /gatehouse/subscriptions     the types that it wants, one per line
//   POST /gatehouse/events            one CloudEvent: 204 once it was processed, 503 if it is to come again
//
// Internal, and for `gateway` alone: nobody else may bring events.
class InternalRoutes final {
public:
    InternalRoutes(EventsExtension& events, std::string gateway) : events_(events), gateway_(std::move(gateway)) {}

    // Before the generation's create().  [lifecycle]
    void add_to(host::Generation& generation);

private:
    static void on_subscriptions(void* self, gh_request* request, const gh_request_view* view);
    static void on_event(void* self, gh_request* request, const gh_request_view* view);
    bool is_welcome(const gh_request_view& view) const;

    EventsExtension& events_;
    const std::string gateway_;
    std::string service_;  // there is one in such a process
};

}  // namespace gatehouse::events

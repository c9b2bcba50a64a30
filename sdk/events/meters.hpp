// What events count. The host adds the service's name as a label.
#pragma once

#include <gatehouse/context.hpp>

namespace gatehouse::events {

struct Meters {
    explicit Meters(Context& context)
        : backlog(context.gauge("events_outbox_backlog", "Events that are published and not yet handed over")),
          oldest_age(context.gauge("events_outbox_oldest_age_seconds", "Age of the oldest event not yet handed over")),
          dead_letters(context.gauge("events_dead_letters", "Events that were put aside")),
          published(context.counter("events_published_total", "Events handed over to the bus")),
          publish_failures(context.counter("events_publish_failures_total", "Events that the bus did not take")),
          processed(context.counter("events_processed_total", "Events that took effect", {"type"})),
          duplicates(context.counter("events_duplicates_total", "Events that were seen before, and dropped")),
          failures(context.counter("events_failures_total", "Failed attempts of handlers", {"type"})),
          deaths(context.counter("events_deaths_total", "Events that became dead letters", {"type"})) {}

    Metric backlog, oldest_age, dead_letters, published, publish_failures, processed, duplicates, failures, deaths;
};

}  // namespace gatehouse::events

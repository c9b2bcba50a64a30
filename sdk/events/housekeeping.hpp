// Removes what is over and measures what is there, now and then and in small portions.
#pragma once

#include <gatehouse/events.hpp>

#include "sdk/events/meters.hpp"

namespace gatehouse::events {

// Driven by the relay's steps: one at a time.
class Housekeeping final {
public:
    Housekeeping(const Context& context, Database& database, const EventOptions& options, const Meters& meters)
        : context_(context), database_(database), options_(options), meters_(meters) {}

    // Does what is due; at most one small transaction for each table.  [worker]
    void run_if_due();
    void clean(std::int64_t now);
    void measure(std::int64_t now);

private:
    void bury_abandoned(std::int64_t now);

    const Context& context_;
    Database& database_;
    const EventOptions& options_;
    const Meters& meters_;
    std::int64_t cleaned_at_ = 0, measured_at_ = 0;
};

}  // namespace gatehouse::events

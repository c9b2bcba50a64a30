// Takes events from the bus: each one's effect and its mark as seen are one transaction.
#pragma once

#include <gatehouse/ext/events.h>
#include <gatehouse/events.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/events/inbox.hpp"
#include "sdk/events/meters.hpp"

namespace gatehouse::events {

// What became of a dead letter that was tried again.
struct Redriven {
    std::string id, type;
    bool is_done = false;
    std::string error;  // why not
};

class Consumer final {
public:
    // bus: null = there is none; then nothing arrives.
    Consumer(const Context& context, Database& database, const gh_events* bus, const EventOptions& options,
             const Meters& meters);
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    // Only inside create(). Throws std::logic_error for a type that has a handler, std::runtime_error when the host
    // refuses.  [main]
    void subscribe(std::string_view type, Prepare prepare);

    // GH_OK: done for good. GH_E_STATE: not yet its turn. Else: failed, or the database does not work.  [any but a
    // loop]
    gh_status receive(const Event& event) noexcept;

    // Runs the handlers of dead letters: of one, or of all. One that fails again stays a dead letter.
    std::vector<Redriven> redrive(std::optional<std::string_view> id);

private:
    struct Subscription {
        Consumer* consumer;
        std::string type;
        Prepare prepare;
    };
    static gh_status on_event(void* subscription, const gh_event* event);

    const Subscription* find(std::string_view type) const;
    gh_status process(const Subscription& subscription, Event event);
    // False: it was seen before. Throws NotYet.
    bool take(Transaction& tx, Event& event, std::int64_t now, const std::function<void()>& effect);
    gh_status note_failure(const Event& event, const std::string& error);
    void bury_unreadable(Event event, const std::string& problem);
    Redriven redrive_one(const Event& event);

    const Context& context_;
    Database& database_;
    const gh_events* const bus_;
    const EventOptions& options_;
    const Meters& meters_;
    std::deque<Subscription> subscriptions_;  // stable addresses: the bus keeps them
};

}  // namespace gatehouse::events

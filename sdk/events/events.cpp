#include <gatehouse/events.hpp>

#include <stdexcept>

#include "sdk/events/commands.hpp"
#include "sdk/events/consumer.hpp"
#include "sdk/events/meters.hpp"
#include "sdk/events/outbox.hpp"
#include "sdk/events/relay.hpp"
#include "sdk/service/context_state.hpp"

namespace gatehouse {

namespace events {

namespace {

const gh_events* find_bus(const gh_host* host) {
    const auto* bus = static_cast<const gh_events*>(host->extension(host, GH_EXT_EVENTS));
    return GH_HAS(bus, publish) && bus->subscribe != nullptr && bus->publish != nullptr ? bus : nullptr;
}

}  // namespace

class Parts final : public detail::ServicePart {
public:
    Parts(Context& context, Database& database, EventOptions options)
        : context_(context),
          options_(options),
          meters_(context),
          bus_(find_bus(context.host())),
          consumer_(context, database, bus_, options_, meters_),
          relay_(context, database, bus_, options_, meters_),
          commands_(context, database, consumer_, [this] { relay_.poke(); }) {
        detail::ContextState& state = detail::ContextAccess::state(context);
        if (state.events != nullptr) throw std::logic_error("a service has one gatehouse::Events");
        state.events = &consumer_;
        state.parts.push_back(this);
        database.keep_events({[this] { relay_.poke(); }, [&context] { return to_unix_ms(context.wall_time()); }});
        context.admin_command("events.list", "Events of this service in its outbox", commands_, &Commands::list);
        context.admin_command("events.dead", "Events that this service could not process", commands_, &Commands::dead);
        context.admin_command("events.redrive", "Tries dead letters again, and sends events again", commands_,
                              &Commands::redrive);
    }
    // A constructor of the service that fails after this one takes it back.
    ~Parts() override {
        detail::ContextState& state = detail::ContextAccess::state(context_);
        state.events = nullptr;
        std::erase(state.parts, this);
    }

    void started() override { relay_.start(); }
    void draining() override { relay_.drain(); }

private:
    Context& context_;
    const EventOptions options_;
    const Meters meters_;
    const gh_events* const bus_;
    Consumer consumer_;
    Relay relay_;
    Commands commands_;
};

}  // namespace events

Events::Events(Context& context, Database& database, EventOptions options)
    : parts_(std::make_unique<events::Parts>(context, database, options)) {}

Events::~Events() = default;

std::int64_t Events::forget_sent(Transaction& tx, std::string_view type, Time before, int limit) {
    return events::outbox::remove_sent_of(tx, type, to_unix_ms(before), limit);
}

namespace detail {

void subscribe(Context& context, std::string_view type, events::Prepare prepare) {
    const ContextState& state = ContextAccess::state(context);
    if (state.events == nullptr) throw std::logic_error("context.on() needs a gatehouse::Events before it");
    state.events->subscribe(type, std::move(prepare));
}

std::function<Service&()> service_later(Context& context) {
    return [&state = ContextAccess::state(context)]() -> Service& { return *state.service; };
}

}  // namespace detail
}  // namespace gatehouse

#include "gateway/events/events_extension.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "gateway/base/io_loop.hpp"
#include "gateway/events/internal_routes.hpp"
#include "gateway/host/host_table.hpp"

namespace gatehouse::events {

namespace {

bool is_good(const gh_event* event) {
    return GH_HAS(event, sequence) && event->size >= sizeof(gh_event) && event->flags == 0;
}

// A failed event takes the later ones of its subject with it; `failed` collects the keys.
void follow_failure(const Event& event, gh_status& result, std::set<std::string>& failed) {
    const std::string key = order_key(event);
    if (result == GH_OK && !key.empty() && failed.contains(key)) result = GH_E_STATE;
    if (result != GH_OK && !key.empty()) failed.insert(key);
}

}  // namespace

struct EventsExtension::Functions {
    static gh_status subscribe(const gh_host* host, gh_str type, gh_event_handler handler, void* context) {
        if (host == nullptr || handler == nullptr || type.ptr == nullptr) return GH_E_INVALID;
        host::HostTable& table = host::HostTable::of(host);
        if (table.generation().state() != host::State::loaded) return GH_E_STATE;
        std::string name(type.ptr, type.len);
        if (!is_event_type(name)) return GH_E_INVALID;
        return table.behind<EventsExtension>().subscriptions_.subscribe(table.generation(), std::move(name), handler,
                                                                        context);
    }

    static gh_status publish(const gh_host* host, const gh_event* const* events, std::size_t n,
                             std::uint64_t deadline_ns, gh_status* results) {
        if (host == nullptr || results == nullptr || n > kBatchMax || (n > 0 && events == nullptr)) return GH_E_INVALID;
        if (IoLoop::current() != nullptr || Subscriptions::is_delivering()) return GH_E_STATE;
        std::vector<Event> copies;
        copies.reserve(n);
        for (std::size_t i = 0; i < n; ++i) copies.push_back(is_good(events[i]) ? to_event(*events[i]) : Event{});
        host::HostTable& table = host::HostTable::of(host);
        const TimePoint now = Clock::now();
        TimePoint deadline = now + kPublishTimeout;
        if (deadline_ns != 0) deadline = std::min(from_nanoseconds(deadline_ns), now + kPublishTimeoutMax);
        return table.behind<EventsExtension>().publish(table.service(), std::move(copies), deadline, results);
    }
};

EventsExtension::EventsExtension(observe::Logger& logger, observe::Metrics& metrics)
    : logger_(logger), metrics_(metrics), subscriptions_([this](const Groups& groups) {
          if (bus_) bus_->set_groups(groups);
      }) {
    metrics.on_scrape([this] {
        if (!bus_) return;
        const BusStatus status = bus_->status();
        metrics_.set_connected(bus_->name(), status.is_connected);
        for (const auto& [service, events] : status.lag) metrics_.set_lag(service, events);
    });
}

EventsExtension::~EventsExtension() { stop(Clock::now()); }

void EventsExtension::attach(host::Generation& generation) {
    subscriptions_.attach(generation);
    if (routes_) routes_->add_to(generation);
}

void EventsExtension::answer_to(const std::string& gateway) {
    routes_ = std::make_unique<InternalRoutes>(*this, gateway);
}

void EventsExtension::use(std::unique_ptr<Bus> bus) { bus_ = std::move(bus); }

void EventsExtension::stop(TimePoint deadline) {
    if (bus_) bus_->stop(deadline);
}

const void* EventsExtension::table() const {
    static constexpr gh_events kTable{sizeof(gh_events), 0, &Functions::subscribe, &Functions::publish};
    return &kTable;
}

gh_status EventsExtension::deliver(const std::string& service, const Event& event, Attempt attempt,
                                   TimePoint deadline) {
    if (attempt == Attempt::again) metrics_.redelivered(service, event.type);
    bool wanted = false;
    const gh_status status = subscriptions_.deliver(service, event, deadline, wanted);
    if (status == GH_OK) {
        if (wanted) metrics_.delivered(service, event.type);
        return GH_OK;
    }
    metrics_.delivery_failed(service, event.type);
    logger_.warn("event not delivered; it will be tried again", {{"service", service},
                                                                 {"event_id", event.id},
                                                                 {"type", event.type},
                                                                 {"source", event.source},
                                                                 {"subject", event.subject},
                                                                 {"status", status}});
    return status;
}

gh_status EventsExtension::publish(const std::string& service, std::vector<Event> events, TimePoint deadline,
                                   gh_status* results) {
    std::vector<Event> good;
    std::vector<std::size_t> places;  // of the good ones
    std::set<std::string> failed;
    for (std::size_t i = 0; i < events.size(); ++i) {
        Event& event = events[i];
        event.source = service;
        const bool is_fine = fault_of(event).empty() && (event.data.empty() || is_json(event.data));
        results[i] = is_fine ? GH_OK : GH_E_INVALID;
        follow_failure(event, results[i], failed);
        if (results[i] != GH_OK) {
            metrics_.publish_failed(service, is_event_type(event.type) ? event.type : "other");
            continue;
        }
        places.push_back(i);
        good.push_back(std::move(event));
    }
    const bool can_publish = bus_ != nullptr && is_open_;
    std::vector<gh_status> outcomes(good.size(), can_publish ? GH_OK : GH_E_UNAVAILABLE);
    if (can_publish && !good.empty()) bus_->publish(good, deadline, outcomes);
    std::size_t failures = events.size() - good.size();
    gh_status first_failure = failures > 0 ? GH_E_INVALID : GH_OK;
    for (std::size_t i = 0; i < good.size(); ++i) {
        results[places[i]] = outcomes[i];
        if (outcomes[i] == GH_OK) {
            metrics_.published(service, good[i].type);
            continue;
        }
        metrics_.publish_failed(service, good[i].type);
        if (first_failure == GH_OK) first_failure = outcomes[i];
        ++failures;
    }
    if (failures > 0) {
        logger_.warn("events not published; they stay with their service", {{"service", service},
                                                                            {"events", failures},
                                                                            {"status", first_failure},
                                                                            {"bus", bus_ ? bus_->name() : "none"}});
    }
    return first_failure;
}

std::string EventsExtension::reason_not_ready() const {
    if (!bus_) return {};
    const BusStatus status = bus_->status();
    if (status.was_connected) return {};
    return "events: the " + std::string(bus_->name()) + " bus was not reached yet" +
           (status.problem.empty() ? std::string() : ": " + status.problem);
}

}  // namespace gatehouse::events

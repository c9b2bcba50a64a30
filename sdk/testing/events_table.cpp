// gh.events/1 in memory: what is published is kept for the test, what is to be consumed comes from it.
#include <gatehouse/time.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

bool is_event_type(const std::string& text) {
    return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

const Subscription* find(const State& state, std::string_view type) {
    const auto found = std::ranges::find(state.subscriptions, type, &Subscription::type);
    return found == state.subscriptions.end() ? nullptr : &*found;
}

gh_status subscribe(const gh_host* host, gh_str type, gh_event_handler handler, void* context) {
    State& state = state_of(host);
    if (!state.is_creating) {
        state.violate("subscribe() outside create()");
        return GH_E_STATE;
    }
    if (!is_event_type(to_string(type)) || handler == nullptr) return GH_E_INVALID;
    if (find(state, to_string(type)) != nullptr) return GH_E_STATE;
    state.subscriptions.push_back({to_string(type), handler, context});
    return GH_OK;
}

PublishedEvent to_published(const gh_event& event) {
    return {to_string(event.id),   to_string(event.type), to_string(event.subject),
            to_string(event.time), to_string(event.data), to_string(event.trace_parent),
            event.sequence};
}

gh_status take(State& state, const PublishedEvent& event) {
    if (event.id.empty() || event.id.size() > 64 || !is_event_type(event.type) || event.data.size() > 256 * 1024) {
        state.violate("publish(): a bad event of type " + event.type);
        return GH_E_INVALID;
    }
    const gh_status status = state.bus ? state.bus(event) : GH_OK;
    const std::scoped_lock lock(state.mutex);
    if (status == GH_OK) state.published.push_back(event);
    return status;
}

gh_status publish(const gh_host* host, const gh_event* const* events, std::size_t count, std::uint64_t,
                  gh_status* results) {
    State& state = state_of(host);
    if (state.is_on_loop()) {
        state.violate("publish() on a loop");
        return GH_E_STATE;
    }
    if (events == nullptr || results == nullptr || count > 1'000) return GH_E_INVALID;
    std::set<std::string> held_up;  // subjects of which one was not taken
    bool is_all = true;
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_known_struct(events[i])) {
            state.violate("publish(): bad size of gh_event");
            results[i] = GH_E_UNSUPPORTED;
        } else {
            const PublishedEvent event = to_published(*events[i]);
            results[i] = held_up.contains(event.subject) ? GH_E_STATE : take(state, event);
            if (results[i] != GH_OK && !event.subject.empty()) held_up.insert(event.subject);
        }
        is_all = is_all && results[i] == GH_OK;
    }
    return is_all ? GH_OK : GH_E_UNAVAILABLE;
}

}  // namespace

void fill_events_table(gh_events& table) { table = {sizeof(gh_events), 0, &subscribe, &publish}; }

boost::json::value PublishedEvent::json() const { return boost::json::parse(data); }

gh_status TestHost::deliver(std::string_view type, std::string_view json, const Delivery& delivery) {
    State& state = *state_;
    const Subscription* subscription = find(state, type);
    if (subscription == nullptr) throw std::runtime_error("no handler for events of type " + std::string(type));
    std::string id = delivery.id;
    if (id.empty()) {
        const std::scoped_lock lock(state.mutex);
        id = "event-" + std::to_string(++state.delivered);
    }
    const std::string time = to_rfc3339(wall_time());
    gh_event event{};
    event.size = sizeof(event);
    event.id = to_str(id);
    event.source = to_str(delivery.source);
    event.type = to_str(type);
    event.subject = to_str(delivery.subject);
    event.time = to_str(time);
    event.data = to_str(json);
    event.sequence = delivery.sequence;
    return subscription->handler(subscription->context, &event);
}

std::vector<PublishedEvent> TestHost::published() {
    while (state_->run_one()) {
    }
    const std::scoped_lock lock(state_->mutex);
    return state_->published;
}

void TestHost::on_publish(std::function<gh_status(const PublishedEvent&)> bus) {
    const std::scoped_lock lock(state_->mutex);
    state_->bus = std::move(bus);
}

}  // namespace gatehouse::testing

#include "gateway/events/embedded_bus.hpp"

#include <algorithm>

namespace gatehouse::events {

namespace {

constexpr std::size_t kFailuresMax = 1024;
// How long one subscriber may take to have a generation that accepts deliveries, while one follows another.
constexpr Duration kHandoverTimeout = 10s;

std::string identity_of(const Event& event) { return event.source + '\n' + event.id; }

}  // namespace

void EmbeddedBus::Failures::add(const Event& event) {
    std::scoped_lock lock(mutex_);
    const auto [added, is_new] = known_.insert(identity_of(event));
    if (!is_new) return;
    order_.push_back(*added);
    if (order_.size() <= kFailuresMax) return;
    known_.erase(order_.front());
    order_.pop_front();
}

bool EmbeddedBus::Failures::contains(const Event& event) {
    std::scoped_lock lock(mutex_);
    return known_.contains(identity_of(event));
}

EmbeddedBus::EmbeddedBus(Subscribers& local, std::unique_ptr<RemoteSubscribers> remote)
    : local_(local), remote_(std::move(remote)) {}

void EmbeddedBus::set_groups(const Groups& groups) {
    groups_.with([&](Groups& held) { held = groups; });
}

void EmbeddedBus::publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) {
    std::set<std::string> failed;  // keys
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string key = order_key(events[i]);
        results[i] = failed.contains(key) ? GH_E_STATE : publish_one(events[i], key, deadline);
        if (results[i] != GH_OK && !key.empty()) failed.insert(key);
    }
}

gh_status EmbeddedBus::publish_one(const Event& event, const std::string& key, TimePoint deadline) {
    if (is_stopped_) return GH_E_CLOSED;
    if (Clock::now() >= deadline) return GH_E_TIMEOUT;
    const auto hold = locks_.acquire(key, deadline);
    if (!hold) return GH_E_TIMEOUT;
    const gh_status status = deliver_to_all(event, deadline);
    if (status != GH_OK) failures_.add(event);
    return status;
}

gh_status EmbeddedBus::deliver_to_all(const Event& event, TimePoint deadline) {
    const auto attempt = failures_.contains(event) ? Subscribers::Attempt::again : Subscribers::Attempt::first;
    std::vector<std::string> local;
    groups_.with([&](const Groups& groups) {
        for (const auto& [service, group] : groups) {
            if (group.types.contains(event.type)) local.push_back(service);
        }
    });
    std::optional<std::vector<std::string>> elsewhere(std::in_place);
    if (remote_) elsewhere = remote_->wanting(event.type, deadline);
    if (!elsewhere) return GH_E_UNAVAILABLE;

    gh_status result = GH_OK;
    for (const std::string& service : local) {
        const TimePoint until = std::min(deadline, Clock::now() + kHandoverTimeout);
        const gh_status status = local_.deliver(service, event, attempt, until);
        if (result == GH_OK) result = status;
    }
    for (const std::string& service : *elsewhere) {
        // One of its processes gets it, and that is this one.
        if (std::find(local.begin(), local.end(), service) != local.end()) continue;
        const gh_status status = remote_->deliver(service, event, deadline);
        if (result == GH_OK) result = status;
    }
    return result;
}

BusStatus EmbeddedBus::status() const {
    BusStatus status;
    if (remote_) status.problem = remote_->problem();
    status.is_connected = status.problem.empty();
    return status;
}

void EmbeddedBus::stop(TimePoint) {
    is_stopped_ = true;
    if (remote_) remote_->stop();
}

}  // namespace gatehouse::events

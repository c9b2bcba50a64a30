#include "gateway/events/served_subscribers.hpp"

#include <algorithm>
#include <sstream>

#include "gateway/events/cloud_event.hpp"
#include "gateway/events/remote_request.hpp"

namespace gatehouse::events {

namespace {

constexpr Duration kRefreshInterval = 2s;
constexpr Duration kStrangerInterval = 60s;  // for a backend that knows nothing of events
constexpr Duration kLookInterval = 200ms;
constexpr Duration kAskTimeout = 2s;

}  // namespace

ServedSubscribers::ServedSubscribers(host::RemoteCaller& caller, std::string calling_service, Services services,
                                     observe::Logger& logger)
    : caller_(caller),
      calling_service_(std::move(calling_service)),
      services_(std::move(services)),
      logger_(logger),
      thread_([this] { run(); }) {}

ServedSubscribers::~ServedSubscribers() { stop(); }

void ServedSubscribers::stop() {
    {
        std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

const std::string* ServedSubscribers::unknown_of(const std::vector<std::string>& services) const {
    const auto found = std::find_if(services.begin(), services.end(), [&](const std::string& service) {
        const auto known = known_.find(service);
        return known == known_.end() || !known->second.is_known;
    });
    return found == services.end() ? nullptr : &*found;
}

std::optional<std::vector<std::string>> ServedSubscribers::wanting(const std::string& type, TimePoint deadline) {
    const std::vector<std::string> services = services_();
    if (services.empty()) return services;
    std::unique_lock lock(mutex_);
    if (!is_needed_) {
        is_needed_ = true;
        changed_.notify_all();
    }
    const auto all_known = [&] { return is_stopping_ || unknown_of(services) == nullptr; };
    if (!changed_.wait_until(lock, deadline, all_known) || is_stopping_) return std::nullopt;
    std::vector<std::string> wanting;
    for (const std::string& service : services) {
        if (known_.at(service).types.contains(type)) wanting.push_back(service);
    }
    return wanting;
}

gh_status ServedSubscribers::deliver(const std::string& service, const Event& event, TimePoint deadline) {
    const RemoteAnswer answer = ask(caller_, service, calling_service_, "POST", kEventsPath, encode(event), deadline);
    if (answer.status == GH_OK && answer.code == 204) return GH_OK;
    logger_.warn("event not delivered; it will be tried again", {{"service", service},
                                                                 {"event_id", event.id},
                                                                 {"type", event.type},
                                                                 {"source", event.source},
                                                                 {"subject", event.subject},
                                                                 {"status", answer.status},
                                                                 {"code", answer.code}});
    return answer.status == GH_OK ? GH_E_UNAVAILABLE : answer.status;
}

std::string ServedSubscribers::problem() const {
    const std::vector<std::string> services = services_();
    std::scoped_lock lock(mutex_);
    if (!is_needed_) return {};
    const std::string* const unknown = unknown_of(services);
    return unknown == nullptr ? std::string() : *unknown + " has not told yet which events it wants";
}

void ServedSubscribers::run() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_stopping_ || is_needed_; });
    while (!is_stopping_) {
        lock.unlock();
        const std::vector<std::string> services = services_();
        lock.lock();
        std::erase_if(known_, [&](const auto& known) {
            return std::find(services.begin(), services.end(), known.first) == services.end();
        });
        for (const std::string& service : services) {
            const Known& known = known_[service];
            const Duration interval = known.is_stranger ? kStrangerInterval : kRefreshInterval;
            if (is_stopping_ || (known.is_known && Clock::now() - known.asked < interval)) continue;
            lock.unlock();
            ask_for_wishes(service);
            lock.lock();
        }
        changed_.wait_for(lock, kLookInterval, [this] { return is_stopping_; });
    }
}

void ServedSubscribers::ask_for_wishes(const std::string& service) {
    const RemoteAnswer answer =
        ask(caller_, service, calling_service_, "GET", kSubscriptionsPath, {}, Clock::now() + kAskTimeout);
    // A backend that knows nothing of events says 404; one that does not know this gateway (401) has told nothing.
    const bool is_told = answer.status == GH_OK && (answer.code == 200 || answer.code == 404 || answer.code == 405);
    {
        std::scoped_lock lock(mutex_);
        Known& known = known_[service];
        known.asked = Clock::now();
        if (!is_told) return;  // what it said before holds until it says something else
        known.is_known = true;
        known.is_stranger = answer.code != 200;
        known.types.clear();
        std::istringstream lines(answer.code == 200 ? answer.body : std::string());
        for (std::string type; std::getline(lines, type);) {
            if (is_event_type(type)) known.types.insert(type);
        }
    }
    changed_.notify_all();
}

}  // namespace gatehouse::events

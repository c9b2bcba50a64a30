#include "gateway/events/subscriptions.hpp"

#include <algorithm>
#include <optional>

namespace gatehouse::events {

namespace {

// A generation that ends refuses before its successor is active.
constexpr Duration kLookAgain = 20ms;

thread_local int delivery_depth = 0;

class DeliveryMark final {
public:
    DeliveryMark() { ++delivery_depth; }
    ~DeliveryMark() { --delivery_depth; }
    DeliveryMark(const DeliveryMark&) = delete;
    DeliveryMark& operator=(const DeliveryMark&) = delete;
};

}  // namespace

bool Subscriptions::is_delivering() { return delivery_depth > 0; }

void Subscriptions::attach(host::Generation& generation) {
    std::scoped_lock lock(mutex_);
    services_[generation.service()].subscribers.push_back({&generation, {}});
}

gh_status Subscriptions::subscribe(host::Generation& generation, std::string type, gh_event_handler handler,
                                   void* context) {
    {
        std::scoped_lock lock(mutex_);
        Subscriber* const subscriber = find(generation);
        if (subscriber == nullptr) return GH_E_STATE;
        if (!subscriber->handlers.emplace(std::move(type), Handler{handler, context}).second) return GH_E_STATE;
    }
    tell();
    return GH_OK;
}

void Subscriptions::activate(host::Generation& generation) {
    {
        std::scoped_lock lock(mutex_);
        if (find(generation) == nullptr) return;
        services_[generation.service()].active = &generation;
    }
    activated_.notify_all();
    tell();
}

void Subscriptions::detach(host::Generation& generation) {
    {
        std::scoped_lock lock(mutex_);
        const auto found = services_.find(generation.service());
        if (found == services_.end()) return;
        Service& service = found->second;
        if (service.active == &generation) service.active = nullptr;
        std::erase_if(service.subscribers, [&](const Subscriber& each) { return each.generation == &generation; });
        if (service.subscribers.empty()) services_.erase(found);
    }
    activated_.notify_all();
    tell();
}

gh_status Subscriptions::deliver(const std::string& name, const Event& event, TimePoint deadline, bool& wanted) {
    wanted = false;
    std::optional<host::Generation::Visit> visit;
    Handler handler{};
    {
        std::unique_lock lock(mutex_);
        while (true) {
            const auto found = services_.find(name);
            if (found == services_.end()) return GH_E_UNAVAILABLE;
            // Under the lock, which detach() takes: so the generation is there until the visit holds it.
            if (host::Generation* const active = found->second.active; active != nullptr) {
                visit.emplace(*active);
                if (*visit) {
                    const auto& handlers = find(*active)->handlers;
                    const auto own = handlers.find(event.type);
                    if (own == handlers.end()) return GH_OK;
                    handler = own->second;
                    break;
                }
                visit.reset();
            }
            const TimePoint now = Clock::now();
            if (now >= deadline) return GH_E_UNAVAILABLE;
            activated_.wait_until(lock, std::min(deadline, now + kLookAgain));
        }
    }
    wanted = true;
    const DeliveryMark mark;
    const gh_event view = to_view(event);
    return handler.call(handler.context, &view);
}

Groups Subscriptions::groups() const {
    std::scoped_lock lock(mutex_);
    return groups_locked();
}

// Before the first generation is active, whatever any of them wants counts: nothing is to be missed from then on.
Groups Subscriptions::groups_locked() const {
    Groups groups;
    for (const auto& [name, service] : services_) {
        Group group;
        group.is_running = service.active != nullptr;
        for (const Subscriber& subscriber : service.subscribers) {
            if (service.active != nullptr && subscriber.generation != service.active) continue;
            for (const auto& [type, handler] : subscriber.handlers) group.types.insert(type);
        }
        if (!group.types.empty()) groups.emplace(name, std::move(group));
    }
    return groups;
}

Subscriptions::Subscriber* Subscriptions::find(const host::Generation& generation) {
    const auto found = services_.find(generation.service());
    if (found == services_.end()) return nullptr;
    for (Subscriber& subscriber : found->second.subscribers) {
        if (subscriber.generation == &generation) return &subscriber;
    }
    return nullptr;
}

void Subscriptions::tell() {
    std::scoped_lock lock(telling_);
    changed_(groups());
}

}  // namespace gatehouse::events

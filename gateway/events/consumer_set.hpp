#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/events/bus.hpp"

namespace gatehouse::events {

// One consumer for each group that runs. Consumer: set_types(types), and stop(deadline), which is false if a handler of
// it does not end: such a consumer stays for ever.
template <class Consumer>
class ConsumerSet final {
public:
    static constexpr Duration kStopTimeout = 10s;
    using Make = std::function<std::shared_ptr<Consumer>(const std::string& service, const Group& group)>;

    // Starts those that are missing and stops those that are over.  [lifecycle]
    void update(const Groups& groups, const Make& make) {
        std::vector<std::shared_ptr<Consumer>> over;
        {
            std::scoped_lock lock(mutex_);
            if (is_stopped_) return;
            for (const auto& [service, group] : groups) {
                if (!group.is_running) continue;
                auto& consumer = consumers_[service];
                if (consumer) {
                    consumer->set_types(group.types);
                } else {
                    consumer = make(service, group);
                }
            }
            for (auto each = consumers_.begin(); each != consumers_.end();) {
                const auto group = groups.find(each->first);
                const bool runs = group != groups.end() && group->second.is_running;
                if (!runs) over.push_back(std::move(each->second));
                each = runs ? std::next(each) : consumers_.erase(each);
            }
        }
        for (auto& consumer : over) stop(std::move(consumer), Clock::now() + kStopTimeout);
    }

    template <class Visit>
    void for_each(Visit visit) const {
        std::scoped_lock lock(mutex_);
        for (const auto& [service, consumer] : consumers_) visit(service, *consumer);
    }

    // All at once.
    void stop(TimePoint deadline) {
        std::map<std::string, std::shared_ptr<Consumer>> consumers;
        {
            std::scoped_lock lock(mutex_);
            is_stopped_ = true;
            consumers.swap(consumers_);
        }
        std::vector<std::thread> threads;
        for (auto& [service, consumer] : consumers) {
            threads.emplace_back([&ending = consumer, deadline] { stop(std::move(ending), deadline); });
        }
        for (std::thread& thread : threads) thread.join();
    }

private:
    static void stop(std::shared_ptr<Consumer> consumer, TimePoint deadline) {
        if (!consumer->stop(deadline)) static_cast<void>(new std::shared_ptr<Consumer>(std::move(consumer)));
    }

    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Consumer>> consumers_;  // by service
    bool is_stopped_ = false;
};

}  // namespace gatehouse::events

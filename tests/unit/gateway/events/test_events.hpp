#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/events/bus.hpp"

namespace gatehouse::events {

inline Event make_event(const std::string& id, const std::string& subject, const std::string& source = "posts") {
    Event event;
    event.id = id;
    event.source = source;
    event.type = "thing.changed";
    event.subject = subject;
    event.time = "2026-01-01T00:00:00Z";
    event.data = R"({"n":1})";
    return event;
}

// Subscribers that note what they get, and do with it what the test says.
class TestSubscribers final : public Subscribers {
public:
    using Answer = std::function<gh_status(const std::string& service, const Event&)>;

    explicit TestSubscribers(Answer answer = nullptr) : answer_(std::move(answer)) {}

    gh_status deliver(const std::string& service, const Event& event, Attempt attempt, TimePoint) override {
        {
            std::scoped_lock lock(mutex_);
            ++tries_;
            if (attempt == Attempt::again) ++again_;
        }
        const gh_status status = answer_ ? answer_(service, event) : GH_OK;
        std::scoped_lock lock(mutex_);
        if (status == GH_OK) done_.push_back(service + ":" + event.id);
        changed_.notify_all();
        return status;
    }

    // What was processed, once there is that much of it (or after a long time).
    std::vector<std::string> wait_for(std::size_t count, Duration timeout = 20s) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, timeout, [&] { return done_.size() >= count; });
        return done_;
    }
    std::vector<std::string> done() {
        std::scoped_lock lock(mutex_);
        return done_;
    }
    std::size_t tries() {
        std::scoped_lock lock(mutex_);
        return tries_;
    }
    std::size_t again() {
        std::scoped_lock lock(mutex_);
        return again_;
    }

private:
    const Answer answer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> done_;
    std::size_t tries_ = 0, again_ = 0;
};

// Something that threads wait for and the test lets happen.
class Latch final {
public:
    void open() {
        {
            std::scoped_lock lock(mutex_);
            is_open_ = true;
        }
        opened_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        opened_.wait_for(lock, 20s, [this] { return is_open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool is_open_ = false;
};

// Publishes all, and gives the results.
inline std::vector<gh_status> publish(Bus& bus, const std::vector<Event>& events, Duration timeout = 20s) {
    std::vector<gh_status> results(events.size(), GH_E_INTERNAL);
    bus.publish(events, Clock::now() + timeout, results);
    return results;
}

}  // namespace gatehouse::events

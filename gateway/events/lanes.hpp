#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/events/bus.hpp"

namespace gatehouse::events {

// One consumer group's deliveries on their way from a broker to the handler: one lane per subject.
//
//   broker's thread --add()--> [post/7: e1 e2 e3]   a lane's first event is with a worker, or waits for its next try
//                              [post/9: e4]         lanes do not wait for each other
//                              [e5]                 an event without a subject is a lane of its own
//   workers --deliver--> handler --finished(tag)--> broker's thread acknowledges
//
// An event whose handler failed is tried again here, later and later up to kRetryMax, with its lane held: given back to
// the broker it would come again behind those that follow it.
class Lanes final {
public:
    static constexpr Duration kRetryMin = 100ms;
    static constexpr Duration kRetryMax = 30s;
    static constexpr Duration kHandoverTimeout = 10s;

    // One event, and what the broker calls it. epoch: of the connection that brought it.
    struct Delivery {
        Event event;
        std::uint64_t tag = 0;
        std::uint64_t epoch = 0;
        Subscribers::Attempt attempt = Subscribers::Attempt::first;
    };
    // Called on a worker when the event is done for good.
    using Finished = std::function<void(const Delivery&)>;

    // subscribers and what finished refers to outlive stop().
    Lanes(std::string service, std::size_t workers, Subscribers& subscribers, Finished finished);
    ~Lanes();
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    // All [any].
    void add(Delivery delivery);
    std::size_t size() const;  // those not done yet, in hand or waiting
    // Forgets what does not run: the broker will bring it again, or somebody else gets it. What runs may finish; should
    // it fail it is forgotten too. Its lane stays closed until then, so that the event brought again comes after it.
    void forget_waiting();
    // False: something still runs at the deadline.
    bool wait_until_idle(TimePoint deadline);
    // Nothing more is begun; waits for what runs. False: something still runs after the deadline; its thread is left
    // alone, and the lanes must never be destroyed.
    [[nodiscard]] bool stop(TimePoint deadline);

private:
    struct Lane {
        std::deque<Delivery> waiting;
        bool is_running = false;    // one of it is with a worker
        bool is_forgotten = false;  // that one, should it fail
        Duration retry = kRetryMin;
        TimePoint ready_at{};  // earliest next try of the first one
    };

    void run_worker();
    // The next lane to work on, taken from ready_; empty if there is none before wake_at.
    std::string take_ready(TimePoint now, TimePoint& wake_at);
    void run(const std::string& key, std::unique_lock<std::mutex>& lock);

    const std::string service_;
    Subscribers& subscribers_;
    const Finished finished_;
    mutable std::mutex mutex_;
    std::condition_variable work_, idle_;
    std::map<std::string, Lane> lanes_;
    std::deque<std::string> ready_;  // lanes with something that does not run, longest waiting first
    std::size_t size_ = 0;
    std::uint64_t next_lone_ = 0;
    std::size_t running_threads_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace gatehouse::events

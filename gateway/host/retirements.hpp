#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/host/lifecycle.hpp"

namespace gatehouse::host {

// Leads generations that another one has taken over from to their end, each on a thread of its own: kept warm for a
// while, then drained, stopped, destroyed and unmapped.
class Retirements final {
public:
    struct Hooks {
        std::function<void(const std::shared_ptr<Generation>&)> ended;  // unmapped or pinned
        // The successor does badly while the old one is warm. May be empty.
        PluginHost::Regressed regressed;
    };
    Retirements(Lifecycle& lifecycle, Hooks hooks) : lifecycle_(lifecycle), hooks_(std::move(hooks)) {}
    ~Retirements() { finish_all(Clock::now()); }
    Retirements(const Retirements&) = delete;
    Retirements& operator=(const Retirements&) = delete;

    // REQUIRES: superseded, and no route leads to it any more. successor: null = none, and nothing to wait for.
    void begin(std::shared_ptr<Generation> generation, std::shared_ptr<Generation> successor,
               const ReloadPolicy& policy);
    // For a rollback: the warm generation of that service, which does not end after all. Null if there is none.
    std::shared_ptr<Generation> revive(std::string_view service);
    // What is warm drains now.
    void hurry(std::string_view service);
    // How many of that service still run; waits until fewer than `wanted` do. At the deadline the oldest one is
    // cancelled. False if there are still too many.
    bool wait_until_below(std::string_view service, std::size_t wanted, TimePoint deadline);
    // All end, in flight or not at the deadline. Returns when they have.
    void finish_all(TimePoint deadline);

private:
    enum class Stage : std::uint8_t { warm, revived, draining, stopping, ended };
    struct Retirement {
        std::shared_ptr<Generation> generation, successor;
        ReloadPolicy policy;
        Stage stage = Stage::warm;
        bool is_hurried = false;
        bool is_forced = false;
        TimePoint force_at = TimePoint::max();
        std::thread thread;
    };
    void run(Retirement& retirement);
    bool stay_warm(Retirement& retirement);
    void join_ended();
    Retirement* find(std::string_view service, Stage stage);

    Lifecycle& lifecycle_;
    Hooks hooks_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::list<Retirement> all_;  // oldest first
};

}  // namespace gatehouse::host

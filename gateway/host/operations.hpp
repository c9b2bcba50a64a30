#pragma once

#include <gatehouse/abi.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/base/time.hpp"

namespace gatehouse::host {

class Generation;

// Everything but requests that points into a plugin's code: timers, posted functions, offloaded jobs and holds. A
// generation may be unloaded only when there is none of them left; each is counted until after its callback returned.
class Operations final {
public:
    explicit Operations(std::vector<IoLoop*> loops);
    // Whose they are, for breadcrumbs.
    void belong_to(const Generation& owner) { owner_ = &owner; }
    ~Operations();
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;

    // All [any]. The meaning is that of gh_host's members of the same name.
    gh_status post(IoLoop& loop, void (*work)(void*), void* context);
    gh_status sleep(IoLoop& loop, std::uint64_t nanoseconds, gh_done done, void* context, gh_op* operation);
    void cancel(gh_op operation);
    gh_status hold(std::string why, gh_op* operation);
    void unhold(gh_op operation);

    // Bracket an offloaded job.
    void begin() { count_.fetch_add(1, std::memory_order_acq_rel); }
    void end() { count_.fetch_sub(1, std::memory_order_acq_rel); }

    // Bracket a gh_bytes that the plugin has to release.
    void lend_bytes() {
        begin();
        lent_.fetch_add(1, std::memory_order_relaxed);
    }
    void give_back_bytes() {
        lent_.fetch_sub(1, std::memory_order_relaxed);
        end();
    }
    std::size_t lent_bytes() const { return lent_.load(std::memory_order_relaxed); }

    // All that is pending: with holds and lent bytes.
    std::size_t count() const { return count_.load(std::memory_order_acquire); }
    struct Hold {
        std::string why;
        TimePoint since;
    };
    std::vector<Hold> holds() const;

    // Every timer fires at once with GH_E_CANCELED, and so does each later one.
    void cancel_all();

private:
    struct Sleep;
    struct LoopTimers {
        std::unordered_map<std::uint64_t, std::unique_ptr<Sleep>> sleeping;  // touched on the loop only
    };
    static void on_expiry(void* sleep);
    void finish(Sleep& sleep, gh_status status);
    void cancel_on_loop(std::size_t loop, std::uint64_t id);

    const Generation* owner_ = nullptr;
    std::vector<IoLoop*> loops_;
    std::vector<LoopTimers> timers_;  // beside loops_
    std::atomic<std::uint64_t> next_id_{1};
    std::atomic<std::size_t> count_{0}, lent_{0};
    std::atomic<bool> canceled_{false};
    mutable std::mutex holds_mutex_;
    std::map<std::uint64_t, Hold> holds_;
};

}  // namespace gatehouse::host

#include "gateway/host/operations.hpp"

#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/negative_control.hpp"

namespace gatehouse::host {

namespace {
// An operation's id: its loop in the lowest octet, a number that is never used again above it.
constexpr std::uint64_t kLoopBits = 8;
constexpr std::uint64_t kLoopMask = (1u << kLoopBits) - 1;
constexpr std::uint64_t kNanosecondsMax = 366ull * 86'400 * 1'000'000'000;
}  // namespace

struct Operations::Sleep {
    Operations* owner;
    IoLoop* loop;
    std::uint64_t id;
    gh_done done;
    void* context;
    TimerWheel::Entry timer{&Operations::on_expiry, this};
};

Operations::Operations(std::vector<IoLoop*> loops) : loops_(std::move(loops)), timers_(loops_.size()) {}
Operations::~Operations() = default;

gh_status Operations::post(IoLoop& loop, void (*work)(void*), void* context) {
    if (work == nullptr) return GH_E_INVALID;
    begin();
    loop.post([this, work, context] {
        {
            const Breadcrumb here(owner_, Activity::post);
            work(context);
        }
        end();
    });
    return GH_OK;
}

gh_status Operations::sleep(IoLoop& loop, std::uint64_t nanoseconds, gh_done done, void* context, gh_op* operation) {
    if (done == nullptr || nanoseconds > kNanosecondsMax) return GH_E_INVALID;
    const std::uint64_t id = (next_id_.fetch_add(1, std::memory_order_relaxed) << kLoopBits) | loop.index();
    if (operation != nullptr) operation->id = id;
    begin();
    const TimePoint deadline = Clock::now() + std::chrono::nanoseconds(nanoseconds);
    loop.post([this, &loop, id, deadline, done, context] {
        auto sleep = std::unique_ptr<Sleep>(new Sleep{this, &loop, id, done, context});
        Sleep& kept = *sleep;
        timers_[loop.index()].sleeping.emplace(id, std::move(sleep));
        if (canceled_.load(std::memory_order_acquire)) return finish(kept, GH_E_CANCELED);
        loop.schedule(kept.timer, deadline);
    });
    return GH_PENDING;
}

void Operations::on_expiry(void* context) {
    auto* const sleep = static_cast<Sleep*>(context);
    sleep->owner->finish(*sleep, GH_OK);
}

void Operations::finish(Sleep& sleep, gh_status status) {
    auto node = timers_[sleep.loop->index()].sleeping.extract(sleep.id);
    sleep.loop->cancel(sleep.timer);
    if (control::kCountsEarly) end();
    {
        const Breadcrumb here(owner_, Activity::timer);
        sleep.done(sleep.context, status, nullptr);
    }
    if (!control::kCountsEarly) end();
}

// The message reaches the loop after the one that made the timer, so that a cancel from the same thread always finds
// it.
void Operations::cancel(gh_op operation) {
    const std::size_t loop = operation.id & kLoopMask;
    if (operation.id == 0 || loop >= loops_.size()) return;
    begin();
    loops_[loop]->post([this, loop, id = operation.id] {
        cancel_on_loop(loop, id);
        end();
    });
}

void Operations::cancel_on_loop(std::size_t loop, std::uint64_t id) {
    const auto found = timers_[loop].sleeping.find(id);
    if (found != timers_[loop].sleeping.end()) finish(*found->second, GH_E_CANCELED);
}

void Operations::cancel_all() {
    canceled_.store(true, std::memory_order_release);
    for (std::size_t loop = 0; loop < loops_.size(); ++loop) {
        begin();
        loops_[loop]->post([this, loop] {
            while (!timers_[loop].sleeping.empty()) finish(*timers_[loop].sleeping.begin()->second, GH_E_CANCELED);
            end();
        });
    }
}

gh_status Operations::hold(std::string why, gh_op* operation) {
    if (operation == nullptr) return GH_E_INVALID;
    operation->id = (next_id_.fetch_add(1, std::memory_order_relaxed) << kLoopBits) | kLoopMask;
    begin();
    std::scoped_lock lock(holds_mutex_);
    holds_.emplace(operation->id, Hold{std::move(why), Clock::now()});
    return GH_OK;
}

void Operations::unhold(gh_op operation) {
    std::size_t erased = 0;
    {
        std::scoped_lock lock(holds_mutex_);
        erased = holds_.erase(operation.id);
    }
    if (erased != 0) end();
}

std::vector<Operations::Hold> Operations::holds() const {
    std::scoped_lock lock(holds_mutex_);
    std::vector<Hold> all;
    for (const auto& [id, hold] : holds_) all.push_back(hold);
    return all;
}

}  // namespace gatehouse::host

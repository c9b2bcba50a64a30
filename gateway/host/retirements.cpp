#include "gateway/host/retirements.hpp"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>

namespace gatehouse::host {

namespace {

constexpr Duration kLookInterval = 250ms;  // how often the successor's answers are counted
constexpr Duration kForceGrace = 10s;      // what a cancelled generation may take to end

// Empty, or why the successor should give way.
std::string regression(Generation& successor, const ReloadPolicy& policy) {
    if (policy.rollback_percent == 0) return {};
    if (successor.breaker().state() != StallBreaker::State::closed) return "it blocks an event loop";
    const Generation::Score score = successor.score();
    if (score.answers < policy.rollback_answers) return {};
    const std::uint64_t percent = score.failures * 100 / score.answers;
    if (percent < policy.rollback_percent) return {};
    return std::to_string(score.failures) + " of " + std::to_string(score.answers) + " answers are 5xx";
}

}  // namespace

void Retirements::begin(std::shared_ptr<Generation> generation, std::shared_ptr<Generation> successor,
                        const ReloadPolicy& policy) {
    join_ended();
    std::scoped_lock lock(mutex_);
    Retirement& retirement = all_.emplace_back();
    retirement.generation = std::move(generation);
    retirement.successor = std::move(successor);
    retirement.policy = policy;
    retirement.thread = std::thread([this, &retirement] { run(retirement); });
}

void Retirements::run(Retirement& retirement) {
    ::pthread_setname_np(::pthread_self(), "gh-retirement");
    if (!stay_warm(retirement)) return;
    DrainLimits limits;
    limits.requests = Clock::now() + retirement.policy.drain;
    limits.streams = Clock::now() + std::max(retirement.policy.streams, retirement.policy.drain);
    limits.now = [this, &retirement] {
        std::scoped_lock lock(mutex_);
        return retirement.is_forced || Clock::now() >= retirement.force_at;
    };
    const bool is_drained = lifecycle_.drain(retirement.generation, limits);
    Duration grace = retirement.policy.grace;
    {
        std::scoped_lock lock(mutex_);
        retirement.stage = Stage::stopping;
        if (retirement.force_at != TimePoint::max()) grace = Duration::zero();
    }
    changed_.notify_all();
    if (is_drained) {
        lifecycle_.retire(retirement.generation, grace);
    } else {
        lifecycle_.pin(retirement.generation);
    }
    hooks_.ended(retirement.generation);
    ::malloc_trim(0);  // a generation's pages lie between those of others, and would stay with the process
    {
        std::scoped_lock lock(mutex_);
        retirement.stage = Stage::ended;
        retirement.generation.reset();
        retirement.successor.reset();
    }
    changed_.notify_all();
}

// False: it is needed again.
bool Retirements::stay_warm(Retirement& retirement) {
    const TimePoint until = Clock::now() + retirement.policy.observe;
    std::unique_lock lock(mutex_);
    while (retirement.successor != nullptr && retirement.stage == Stage::warm && !retirement.is_hurried &&
           Clock::now() < until) {
        changed_.wait_until(lock, std::min(until, Clock::now() + kLookInterval));
        if (retirement.stage != Stage::warm || retirement.is_hurried) break;
        const std::string why = regression(*retirement.successor, retirement.policy);
        if (why.empty()) continue;
        retirement.policy.rollback_percent = 0;  // told once
        if (!hooks_.regressed) continue;
        const auto successor = retirement.successor;
        lock.unlock();
        hooks_.regressed(successor->service(), successor->number(), why);
        lock.lock();
    }
    if (retirement.stage == Stage::revived) {
        retirement.stage = Stage::ended;
        changed_.notify_all();
        return false;
    }
    retirement.stage = Stage::draining;
    return true;
}

Retirements::Retirement* Retirements::find(std::string_view service, Stage stage) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Retirement& each) {
        return each.stage == stage && each.generation->service() == service;
    });
    return found == all_.end() ? nullptr : &*found;
}

std::shared_ptr<Generation> Retirements::revive(std::string_view service) {
    std::shared_ptr<Generation> revived;
    {
        std::scoped_lock lock(mutex_);
        Retirement* const found = find(service, Stage::warm);
        if (found == nullptr || found->successor == nullptr || found->is_hurried) return nullptr;
        found->stage = Stage::revived;
        revived = std::move(found->generation);
        found->successor.reset();
    }
    changed_.notify_all();
    return revived;
}

void Retirements::hurry(std::string_view service) {
    {
        std::scoped_lock lock(mutex_);
        for (Retirement& each : all_) {
            if (each.stage == Stage::warm && each.generation->service() == service) each.is_hurried = true;
        }
    }
    changed_.notify_all();
}

bool Retirements::wait_until_below(std::string_view service, std::size_t wanted, TimePoint deadline) {
    const auto is_running = [&](const Retirement& each) {
        return (each.stage == Stage::warm || each.stage == Stage::draining) && each.generation->service() == service;
    };
    const auto is_below = [&] {
        return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), is_running)) < wanted;
    };
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, deadline, is_below)) return true;
    const auto oldest = std::find_if(all_.begin(), all_.end(), is_running);
    if (oldest != all_.end()) oldest->is_forced = true;
    return changed_.wait_until(lock, Clock::now() + kForceGrace, is_below);
}

void Retirements::finish_all(TimePoint deadline) {
    {
        std::scoped_lock lock(mutex_);
        for (Retirement& each : all_) {
            each.is_hurried = true;
            each.force_at = deadline;
        }
    }
    changed_.notify_all();
    for (Retirement& each : all_) each.thread.join();
    all_.clear();
}

void Retirements::join_ended() {
    std::list<Retirement> ended;
    {
        std::scoped_lock lock(mutex_);
        for (auto each = all_.begin(); each != all_.end();) {
            const auto next = std::next(each);
            if (each->stage == Stage::ended) ended.splice(ended.end(), all_, each);
            each = next;
        }
    }
    for (Retirement& each : ended) each.thread.join();
}

}  // namespace gatehouse::host

// Work on a schedule: context.every("cleanup", 1h, &Posts::clean_up).
//
// Runs on a worker of the service, only where the job's lease is held: in the generation that takes the requests and,
// with a shared store, in one process of the whole system. Never beside itself, not even across a reload: the next
// holder gets the lease when the run has ended (or at the drain deadline). When it last began is kept in the key-value
// store, so that a reload or a hand-over neither skips nor repeats a run; a memory store forgets it when the process
// ends.
//
// A run that throws is logged and counted; the next one comes as if nothing had happened. Metrics: runs by job and
// result (ok, failed), job_runs_total, and job_seconds, both under the host's prefix for plugins.
#pragma once

#include <gatehouse/abi.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gatehouse {

class Service;

namespace detail {
struct JobState;
}

// What a run may ask; lives for the run.
class JobRun {
public:
    // The lease was lost or the service is to end: come to an end, within seconds. Poll it in long runs.
    [[nodiscard]] bool should_stop() const { return should_stop_.load(std::memory_order_relaxed); }
    // Larger than that of every earlier run elsewhere: for writes that must not come from a holder that has lost.
    [[nodiscard]] std::uint64_t token() const { return token_; }

private:
    friend struct detail::JobState;
    std::atomic<bool> should_stop_{false};
    std::uint64_t token_ = 0;
};

// How a job is run; set in the service's constructor.
class Job {
public:
    Job& jitter(
        std::chrono::milliseconds at_most);  // a run comes up to that much early; a tenth of the interval at first
    Job& at_start();                         // the first run ever comes at once, not after an interval
    Job& lease_ttl(std::chrono::milliseconds ttl);  // 15 s: how long nobody runs it after a holder's death

private:
    friend class Context;
    explicit Job(detail::JobState* state) : state_(state) {}
    detail::JobState* state_;
};

namespace detail {

using JobFunction = std::function<void(Service&, const JobRun&)>;

template <class Call>
void call_job(Call&& call, const JobRun& run) {
    if constexpr (std::is_invocable_v<Call, const JobRun&>) {
        call(run);
    } else {
        call();
    }
}

// A member of the service itself, with or without a parameter (const JobRun&).
template <class S, class R, class... A>
JobFunction make_job(R (S::*method)(A...)) {
    return [method](Service& service, const JobRun& run) {
        auto& self = static_cast<S&>(service);
        call_job([&](const A&... argument) { (self.*method)(argument...); }, run);
    };
}

// A member of an object that lives as long as the service.
template <class Object, class S, class R, class... A>
JobFunction make_job(Object& object, R (S::*method)(A...)) {
    return [&object, method](Service&, const JobRun& run) {
        call_job([&](const A&... argument) { (object.*method)(argument...); }, run);
    };
}

// Any callable.
template <class F>
requires(!std::is_member_function_pointer_v<std::decay_t<F>>) JobFunction make_job(F&& callable) {
    return [callable = std::forward<F>(callable)](Service&, const JobRun& run) mutable { call_job(callable, run); };
}

}  // namespace detail
}  // namespace gatehouse

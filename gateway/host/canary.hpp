#pragma once

#include <memory>
#include <string>

#include "gateway/base/time.hpp"
#include "gateway/host/generation.hpp"

namespace gatehouse::host {

// A new generation gets a share of the requests first, and all of them only if it does no worse than the old one.
struct CanaryPolicy {
    std::uint32_t percent = 0;       // of the requests; 0 = no trial, it takes over at once
    Duration time = 30s;             // how long the trial lasts
    std::uint32_t errors = 5;        // percentage points by which its share of 5xx may exceed the old one's
    std::uint32_t slower = 200;      // its p99 in percent of the old one's, at most; 0 = not compared
    std::uint64_t answers_min = 20;  // of the canary, before its errors count; five times as many for its p99
};

// Compares the two from its construction on. Answers' times are taken while it lives.
class CanaryTrial final {
public:
    CanaryTrial(std::shared_ptr<Generation> old, std::shared_ptr<Generation> canary, const CanaryPolicy& policy);
    ~CanaryTrial();
    CanaryTrial(const CanaryTrial&) = delete;
    CanaryTrial& operator=(const CanaryTrial&) = delete;

    // Empty, or why the canary must not take over. Cheap enough to be asked several times a second.  [any]
    std::string objection() const;
    // The same when the trial is over: what was asked and is not answered counts then.
    std::string last_objection() const;
    // "120 answers, 0 of them 5xx"
    std::string evidence() const;

private:
    std::string slowness(const Latencies& before, const Latencies& now) const;

    std::shared_ptr<Generation> old_, canary_;
    CanaryPolicy policy_;
    Generation::Score old_before_;
};

}  // namespace gatehouse::host

#include "gateway/host/canary.hpp"

namespace gatehouse::host {

namespace {

// What a processor shared with others adds to one in a hundred answers says nothing about the plugin.
constexpr Duration kSlownessFloor = 5ms;
constexpr std::uint64_t kLatencyAnswersFactor = 5;

std::string milliseconds(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

}  // namespace

CanaryTrial::CanaryTrial(std::shared_ptr<Generation> old, std::shared_ptr<Generation> canary,
                         const CanaryPolicy& policy)
    : old_(std::move(old)), canary_(std::move(canary)), policy_(policy), old_before_(old_->score()) {
    old_->set_timed(true);
    canary_->set_timed(true);
}

CanaryTrial::~CanaryTrial() {
    old_->set_timed(false);
    canary_->set_timed(false);
}

std::string CanaryTrial::objection() const {
    if (canary_->breaker().state() != StallBreaker::State::closed) return "it blocks an event loop";
    const Generation::Score now = canary_->score();
    if (now.answers < policy_.answers_min) return {};
    const Generation::Score old = old_->score();
    const std::uint64_t old_answers = old.answers - old_before_.answers;
    const std::uint64_t old_failures = old.failures - old_before_.failures;
    const std::uint64_t old_percent = old_answers == 0 ? 0 : old_failures * 100 / old_answers;
    if (now.failures * 100 / now.answers > old_percent + policy_.errors) {
        return std::to_string(now.failures) + " of " + std::to_string(now.answers) +
               " answers of the canary are 5xx, " + std::to_string(old_failures) + " of " +
               std::to_string(old_answers) + " of the old generation";
    }
    return slowness(old.latencies.since(old_before_.latencies), now.latencies);
}

std::string CanaryTrial::last_objection() const {
    std::string why = objection();
    if (!why.empty()) return why;
    const std::size_t waiting = canary_->in_flight();
    if (waiting < policy_.answers_min || canary_->score().answers >= policy_.answers_min) return {};
    return std::to_string(waiting) + " requests to the canary are not answered";
}

std::string CanaryTrial::evidence() const {
    const Generation::Score score = canary_->score();
    return std::to_string(score.answers) + " answers, " + std::to_string(score.failures) + " of them 5xx";
}

std::string CanaryTrial::slowness(const Latencies& before, const Latencies& now) const {
    const std::uint64_t least = policy_.answers_min * kLatencyAnswersFactor;
    if (policy_.slower == 0 || now.total() < least || before.total() < least) return {};
    const Duration allowed = std::max(before.p99() * policy_.slower / 100, before.p99() + kSlownessFloor);
    if (now.p99() <= allowed) return {};
    return "99 of 100 answers of the canary take up to " + milliseconds(now.p99()) + ", of the old generation " +
           milliseconds(before.p99());
}

}  // namespace gatehouse::host

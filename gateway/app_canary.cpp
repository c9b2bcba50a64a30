// A new generation on trial: a share of the requests, before it gets all of them.
#include "gateway/host/canary.hpp"

#include "gateway/app_parts.hpp"

namespace gatehouse {

namespace {
constexpr Duration kLookInterval = 100ms;
}

// The configuration in force, with or without a canary.
std::optional<Error> App::Parts::share(std::optional<pipeline::Canary> wanted) {
    canary = std::move(wanted);
    return switch_to(snapshot()->configuration, {});
}

// Empty: the new generation did no worse than the one before. Otherwise it is on its way out. Rollbacks of other
// services are carried out meanwhile, since they cannot wait; one of this service ends the trial.
std::string App::Parts::try_out(const std::string& service, const std::shared_ptr<host::Generation>& before,
                                const std::shared_ptr<host::Generation>& next, host::Phases& phases) {
    const host::CanaryPolicy policy = plugin_host->policy().canary;
    if (policy.percent == 0 || before == nullptr) return {};
    phases.begin("canary");
    const host::CanaryTrial trial(before, next, policy);
    trial_ended.clear();
    if (const auto error = share(pipeline::Canary{service, next, policy.percent})) {
        canary.reset();
        plugin_host->discard(next);
        return error->message;
    }
    logger.info("plugin canary", {{"service", service},
                                  {"generation", static_cast<std::size_t>(next->number())},
                                  {"percent", static_cast<std::size_t>(policy.percent)}});
    std::string why;
    for (const TimePoint until = Clock::now() + policy.time; why.empty() && Clock::now() < until;) {
        if (!reloading->wait_for(std::min<Duration>(kLookInterval, until - Clock::now()))) why = "the gateway stops";
        if (why.empty()) why = trial_ended;
        if (why.empty()) why = trial.objection();
    }
    if (why.empty()) why = trial.last_objection();
    logger.info("plugin canary ended", {{"service", service}, {"seen", trial.evidence()}, {"objection", why}});
    if (why.empty()) {
        canary.reset();  // switch_to() follows
        return why;
    }
    if (const auto error = share(std::nullopt)) why += "; " + error->message;  // of what it was built before
    plugin_host->withdraw(next);
    return why;
}

}  // namespace gatehouse

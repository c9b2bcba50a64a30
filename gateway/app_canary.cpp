// A new generation on trial: a share of the requests, before it gets all of them.
#include "gateway/app_parts.hpp"
#include "gateway/host/canary.hpp"

namespace gatehouse {

namespace {
constexpr Duration kLookInterval = 100ms;
}

// The configuration in force, with or without a canary.
std::optional<Error> App::Parts::share(const pipeline::Canary* canary) {
    const auto find_generation = [this](const config::Service& service) { return generation_of(service.name); };
    auto built = pipeline::build_snapshot(snapshot()->configuration, snapshots_built + 1, mode.mode, *filters,
                                          find_generation, canary);
    if (!built) return built.error();
    install(*built);
    return std::nullopt;
}

// Empty: the canary did no worse than the one before. Otherwise it is on its way out.
std::string App::Parts::try_out(const std::string& service, const std::shared_ptr<host::Generation>& before,
                                const std::shared_ptr<host::Generation>& canary, host::Phases& phases) {
    const host::CanaryPolicy policy = plugin_host->policy().canary;
    if (policy.percent == 0 || before == nullptr) return {};
    phases.begin("canary");
    const pipeline::Canary trial{service, canary, policy.percent};
    const host::CanaryTrial comparison(before, canary, policy);
    if (const auto error = share(&trial)) {
        plugin_host->discard(canary);
        return error->message;
    }
    logger.info("plugin canary", {{"service", service},
                                  {"generation", static_cast<std::size_t>(canary->number())},
                                  {"percent", static_cast<std::size_t>(policy.percent)}});
    std::string why;
    for (const TimePoint until = Clock::now() + policy.time; why.empty() && Clock::now() < until;) {
        if (!reloading->wait_for(std::min<Duration>(kLookInterval, until - Clock::now()))) why = "the gateway stops";
        if (why.empty()) why = comparison.objection();
    }
    if (why.empty()) return why;
    if (const auto error = share(nullptr)) why += "; " + error->message;  // what it was built from before: cannot fail
    plugin_host->withdraw(canary);
    return why;
}

}  // namespace gatehouse

#include "gateway/abi_test/bench.hpp"

#include "gateway/abi_test/inputs.hpp"

namespace gatehouse::abi_test {

const gh_plugin& Bench::plugin() {
    if (!library_) library_ = load();
    return library_->plugin();
}

std::unique_ptr<host::Library> Bench::load() {
    auto library = load_plugin(options_.plugin, scratch_.path());
    if (!library) findings_.give_up(rule_, library.error().message);
    return std::move(*library);
}

const std::string& Bench::config() {
    if (config_.empty()) config_ = scratch_.expand(options_.config);
    return config_;
}

std::unique_ptr<Instance> Bench::created(const gh_plugin& plugin, const Manner& manner) {
    auto instance = std::make_unique<Instance>(world_, plugin, manner);
    if (!instance->create(config())) findings_.give_up(rule_, "cannot be created: " + instance->failure());
    return instance;
}

std::unique_ptr<Instance> Bench::started(const gh_plugin& plugin, const Manner& manner) {
    auto instance = created(plugin, manner);
    if (!instance->start() || !instance->health())
        findings_.give_up(rule_, "cannot be started: " + instance->failure());
    return instance;
}

void Bench::request(Instance& instance, const Route& route, const Input& input, const std::string& when) {
    Request& sent = instance.send(route, input);
    if (!instance.wait_for(sent)) findings_.give_up(rule_, route.name() + " is not ended" + when);
}

void Bench::exercise(Instance& instance, int times) {
    for (int i = 0; i < times; ++i) {
        for (const Route& route : instance.routes()) request(instance, route, ordinary_input(route));
    }
    instance.forget_requests();
}

void Bench::burst(Instance& instance, std::size_t requests) {
    const auto& routes = instance.routes();
    std::vector<Request*> sent;
    for (std::size_t i = 0; i < requests && !routes.empty(); ++i) {
        const Route& route = routes[i % routes.size()];
        sent.push_back(&instance.send(route, ordinary_input(route)));
    }
    for (Request* const each : sent) {
        if (!instance.wait_for(*each)) findings_.give_up(rule_, each->label() + " is not ended among many others");
    }
    instance.forget_requests();
}

void Bench::flood(Instance& instance, int requests_per_route) {
    constexpr std::uint32_t kSeed = 20'260'101;
    HostileInputs inputs(kSeed);
    for (const Route& route : instance.routes()) {
        for (int i = 0; i < requests_per_route; ++i)
            request(instance, route, inputs.next(route), " with hostile input");
        instance.forget_requests();
    }
}

}  // namespace gatehouse::abi_test

#include "gateway/app_spawn.hpp"

#include <algorithm>
#include <atomic>

#include "gateway/host/elf_lint.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/supervise/crash_history.hpp"
#include "gateway/upstream/address.hpp"

namespace gatehouse {

Result<std::unique_ptr<SpawnedServices>> SpawnedServices::create(Options options) {
    std::unique_ptr<SpawnedServices> made(new SpawnedServices(std::move(options)));
    auto verifier = upstream::AssertionVerifier::create(std::span(&made->options_.assertion_key, 1));
    if (!verifier) return verifier.error();
    made->verifier_ = std::move(*verifier);
    made->peer_api_ =
        std::make_unique<peer::PeerApi>(*made->verifier_, made->options_.signer, made->options_.find_target);
    return made;
}

SpawnedServices::SpawnedServices(Options options) : options_(std::move(options)), metrics_(*options_.metrics) {}

SpawnedServices::~SpawnedServices() = default;

std::optional<Error> SpawnedServices::begin(const config::Configuration& configuration) {
    std::vector<std::string> begun;
    for (const auto& [name, service] : configuration.services) {
        if (!service.is_spawned()) continue;
        if (auto error = listen_for_children()) return error;
        const auto linted = host::lint_plugin(options_.plugin_directory /
                                              (service.find(config::Endpoint::Kind::spawn)->plugin + ".so"));
        if (!linted) return Error{"service \"" + name + "\": " + linted.error().message};
        supervise::ChildSpec spec = spec_of(service, configuration.gateway);
        spec.plugin_id = linted->id;
        supervisor_->begin(spec);
        begun.push_back(name);
    }
    std::optional<Error> failure;
    for (const std::string& name : begun) {
        auto error = supervisor_->wait_until_up(name);
        if (!failure) failure = std::move(error);
    }
    return failure;
}

void SpawnedServices::retire(const config::Configuration& configuration) {
    if (!supervisor_) return;
    std::vector<std::string> staying;
    for (const auto& [name, service] : configuration.services) {
        if (service.is_spawned()) staying.push_back(name);
    }
    supervisor_->retire_all_but(staying);
}

std::optional<Error> SpawnedServices::reload(const std::string& service) {
    if (!supervisor_) return Error{"service \"" + service + "\" has no child process"};
    return supervisor_->reload(service);
}

void SpawnedServices::stop(TimePoint deadline) {
    if (!supervisor_) return;
    supervisor_->stop_all(deadline);
    const std::scoped_lock lock(supervisor_mutex_);
    supervisor_.reset();
}

std::vector<supervise::ChildStatus> SpawnedServices::status() const {
    const std::scoped_lock lock(supervisor_mutex_);
    return supervisor_ ? supervisor_->status() : std::vector<supervise::ChildStatus>{};
}

void SpawnedServices::listen(std::vector<int> descriptors) {
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        net::LoopServer* server = (*options_.servers)[i].get();
        server->loop().post(
            [server, handler = peer_api_.get(), descriptor = descriptors[i]] { server->listen(descriptor, handler); });
    }
}

// The supervisor and the listener that its children are told of; once.
std::optional<Error> SpawnedServices::listen_for_children() {
    if (supervisor_) return std::nullopt;
    supervise::Surroundings surroundings;
    surroundings.endpoints = this;
    surroundings.said = [logger = options_.logger](const std::string& service, std::string_view line) {
        logger->forward(line, "child", service);
    };
    surroundings.happened = [this](const std::string& service, supervise::Surroundings::Event event,
                                   std::string_view reason,
                                   std::string_view detail) { note(service, event, reason, detail); };
    auto made = supervise::Supervisor::create(options_.runtime_directory, std::move(surroundings));
    if (!made) return made.error();
    config::Listener listener;
    listener.is_unix = true;
    listener.host = (*made)->socket_directory() + "/gateway.sock";
    auto bound = net::bind_listener(listener);
    if (!bound) return bound.error();
    std::vector<int> descriptors;
    for (std::size_t i = 1; i < options_.servers->size(); ++i) {
        auto copy = net::duplicate(*bound);
        if (copy) descriptors.push_back(copy->release());
    }
    descriptors.push_back(bound->release());
    listen(std::move(descriptors));
    gateway_path_ = "unix:" + listener.host;
    const std::scoped_lock lock(supervisor_mutex_);
    supervisor_ = std::move(*made);
    return std::nullopt;
}

supervise::ChildSpec SpawnedServices::spec_of(const config::Service& service, const config::Gateway& gateway) const {
    supervise::ChildSpec spec;
    spec.service = service.name;
    spec.library = options_.plugin_directory / (service.find(config::Endpoint::Kind::spawn)->plugin + ".so");
    spec.order.config_json = service.plugin_config;
    spec.order.assertion_key = options_.assertion_key;
    spec.order.gateway = gateway_path_;
    spec.order.process = service.process;
    spec.order.events = gateway.events;
    spec.order.workers = service.workers;
    spec.order.queue = service.queue;
    spec.order.drain_timeout = gateway.drain_timeout;
    spec.order.kv = gateway.kv;
    spec.probes = service.probes;
    return spec;
}

void SpawnedServices::note(const std::string& service, supervise::Surroundings::Event event, std::string_view reason,
                           std::string_view detail) {
    observe::Logger& logger = *options_.logger;
    using enum supervise::Surroundings::Event;
    switch (event) {
        case up:
            metrics_.set_up(service, true);
            logger.info("a child process serves", {{"service", service}, {"version", detail}});
            return;
        case start_failed:
            metrics_.count_restart(service, reason);
            logger.error("a child process could not start", {{"service", service}, {"why", detail}});
            return;
        case ended:
            metrics_.set_up(service, false);
            metrics_.count_restart(service, reason);
            logger.error("a child process has ended; it is started again", {{"service", service}, {"how", detail}});
            return;
        case gave_way: metrics_.count_restart(service, reason); return;
        case gone:
            metrics_.set_up(service, runs(service));
            logger.info("a child process is gone", {{"service", service}});
            return;
    }
}

void SpawnedServices::set_spawned(const std::string& service, const std::vector<upstream::Address>& addresses) {
    options_.threads->run_on_each(
        [&](IoLoop& loop) { (*options_.servers)[loop.index()]->upstreams().set_spawned(service, addresses); });
}

void SpawnedServices::open(const std::string& service, const std::string& socket_path) {
    set_spawned(service, upstream::unix_address(socket_path));
}

void SpawnedServices::close(const std::string& service) { set_spawned(service, {}); }

bool SpawnedServices::has_left_old(const std::string& service) {
    std::atomic<bool> result{true};
    options_.threads->run_on_each([&](IoLoop& loop) {
        if (!(*options_.servers)[loop.index()]->upstreams().has_left_old(service)) result = false;
    });
    return result;
}

bool SpawnedServices::is_forgotten(const std::string&) {
    std::atomic<bool> result{true};
    options_.threads->run_on_each([&](IoLoop& loop) {
        if ((*options_.servers)[loop.index()]->holds_old_snapshot()) result = false;
    });
    return result;
}

void spawn_what_crashes(config::Configuration& configuration, const std::filesystem::path& plugin_directory,
                        observe::Logger& logger) {
    const std::string& file = configuration.gateway.plugins.crash_file;
    const auto crashes = supervise::read_crashes(file);
    if (crashes.empty()) return;
    for (auto& [name, service] : configuration.services) {
        const auto is_plugin = [](const config::Endpoint& at) { return at.kind == config::Endpoint::Kind::plugin; };
        const auto home = std::find_if(service.at.begin(), service.at.end(), is_plugin);
        if (home == service.at.end()) continue;
        const auto linted = host::lint_plugin(plugin_directory / (home->plugin + ".so"));
        if (!linted || !supervise::should_be_spawned(crashes, name, linted->build_id)) continue;
        const auto child = std::find_if(service.at.begin(), service.at.end(), [](const config::Endpoint& at) {
            return at.kind == config::Endpoint::Kind::spawn;
        });
        if (child == service.at.end()) {
            home->kind = config::Endpoint::Kind::spawn;
        } else {
            const auto from = home - service.at.begin();
            service.weights[static_cast<std::size_t>(child - service.at.begin())] +=
                service.weights[static_cast<std::size_t>(from)];
            service.weights.erase(service.weights.begin() + from);
            service.at.erase(home);
        }
        const std::string until = "another build of it is installed, or " + file + " is removed";
        service.moved_because = "this build crashed the gateway again and again; until " + until;
        logger.warn("a plugin that crashed the process again and again runs in a child process",
                    {{"service", name}, {"build_id", linted->build_id}, {"until", until}});
    }
}

}  // namespace gatehouse

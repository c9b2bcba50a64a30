#include "gateway/app_parts.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "gateway/events/remote_request.hpp"
#include "gateway/ready_file.hpp"
#include "gateway/upstream/call_fields.hpp"

namespace gatehouse {

namespace {

constexpr Duration kPluginStopTimeout = 10s;
constexpr Duration kCloseTimeout = 2s;

observe::Logger* failure_log = nullptr;

void log_task_failure(std::exception_ptr failure) noexcept {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        failure_log->error("a background task failed", {{"error", error.what()}});
    } catch (...) {
        failure_log->error("a background task failed");
    }
}

std::uint32_t loop_count(const config::Configuration& configuration) {
    if (configuration.gateway.loops > 0) return configuration.gateway.loops;
    return std::clamp(std::thread::hardware_concurrency(), 1u, upstream::Cluster::kLoopsMax);
}

observe::Output::Target to_target(config::Log::Target target) {
    switch (target) {
        case config::Log::Target::standard_output: return observe::Output::Target::standard_output;
        case config::Log::Target::standard_error: return observe::Output::Target::standard_error;
        case config::Log::Target::file: return observe::Output::Target::file;
        case config::Log::Target::none: return observe::Output::Target::none;
    }
    return observe::Output::Target::standard_output;
}

// The gateway talks on standard error; requests are logged where the configuration says.
observe::Logger::Options logger_options(const config::Log& log) {
    observe::Logger::Options options;
    if (log.to == config::Log::Target::file) {
        options.to = observe::Logger::Target::file;
        options.file = log.file;
    }
    options.redact = log.redact;
    return options;
}

extensions::StoreOptions store_options(const config::KeyValueStore& kv) {
    return {.store = kv.store, .password = kv.password, .memory_bytes = kv.memory_bytes, .timeout = kv.timeout};
}

std::filesystem::path runtime_directory(const AppOptions& options) {
    if (!options.runtime_directory.empty()) return options.runtime_directory;
    return std::filesystem::temp_directory_path() / ("gatehouse-" + std::to_string(::getpid()));
}

}  // namespace

App::Parts::Parts(AppMode mode_in)
    : mode(std::move(mode_in)),
      logger(logger_options(mode.configuration.gateway.log)),
      threads(loop_count(mode.configuration)),
      metrics(static_cast<std::uint32_t>(threads.loops().size())),
      gateway_metrics(metrics),
      plugin_metrics(metrics),
      access_log({.to = to_target(mode.configuration.gateway.log.to), .file = mode.configuration.gateway.log.file},
                 threads.loops()),
      completion(threads.loops().size(), gateway_metrics, &access_log),
      telemetry(logger, metrics),
      remote_calls(
          threads.loops(),
          [this](std::string_view service) -> std::shared_ptr<const upstream::Cluster> {
              const auto held = snapshot();
              const pipeline::Service* found = held ? held->services.find(service) : nullptr;
              if (held && found == nullptr) found = held->services.find(upstream::kGatewayCluster);
              if (found == nullptr || !found->cluster) return nullptr;
              return {held, found->cluster.get()};
          },
          nullptr) {
    failure_log = &logger;
    set_task_failure_handler(&log_task_failure);
}

App::Parts::~Parts() {
    stop();
    for (const std::string& path : unix_paths) ::unlink(path.c_str());
}

std::shared_ptr<const pipeline::Snapshot> App::Parts::snapshot() {
    return current.with([](const auto& held) { return held; });
}

std::optional<Error> App::Parts::load() {
    ::signal(SIGPIPE, SIG_IGN);
    install_crash_report(mode.configuration.gateway.plugins);
    std::string key = mode.configuration.gateway.assertion_key;
    if (mode.mode == pipeline::Mode::gateway && key.empty()) key = random_key();  // for child processes
    if (!key.empty()) {
        auto made = upstream::AssertionSigner::create(key);
        if (!made) return made.error();
        signer = std::move(*made);
        remote_calls.set_signer(signer.get());
    }
    if (mode.mode == pipeline::Mode::backend) {
        auto made = upstream::AssertionVerifier::create(std::span(&mode.assertion_key, 1));
        if (!made) return made.error();
        verifier = std::move(*made);
    }
    pipeline::StandardFilters::Options filter_options;
    filter_options.loops = threads.loops();
    filter_options.metrics = &gateway_metrics;
    filter_options.signer = signer.get();
    filter_options.assertions = verifier.get();
    if (verifier) filter_options.served_as = mode.configuration.services.begin()->first;
    filters = std::make_unique<pipeline::StandardFilters>(filter_options);

    for (IoLoop* loop : threads.loops()) {
        servers.push_back(
            std::make_unique<net::LoopServer>(*loop, net::LoopServer::Options{.directory = &directory,
                                                                              .completion = &completion,
                                                                              .signer = signer.get(),
                                                                              .metrics = &gateway_metrics,
                                                                              .loops = threads.loops().size()}));
    }
    threads.start();
    threads_started = true;
    app_extensions = std::make_unique<AppExtensions>(threads, remote_calls, mode.configuration.gateway, metrics);
    auto made_stores = extensions::Stores::create(store_options(mode.configuration.gateway.kv), metrics, logger);
    if (!made_stores) return made_stores.error();
    stores = std::move(*made_stores);
    std::vector<host::Extension*> offered = stores->extensions();
    for (host::Extension* const extension : app_extensions->all()) offered.push_back(extension);
    make_events();
    offered.push_back(events.get());
    if (mode.mode == pipeline::Mode::backend) {
        command_routes = std::make_unique<CommandRoutes>(upstream::kGatewayCluster);
        offered.push_back(command_routes.get());
    }
    plugin_host = std::make_unique<host::PluginHost>(host::PluginHost::Options{
        .runtime_directory = runtime_directory(mode.options),
        .loops = threads.loops(),
        .telemetry = &telemetry,
        .remote = &remote_calls,
        .extensions = offered,
        .policy = reload_policy(mode.configuration.gateway.plugins),
        .regressed = [this](const std::string& service, std::uint32_t generation, const std::string& why) {
            if (!reloading) return;
            reloading->post_urgent([=, this] { take_back(service, generation, why); });
        }});
    if (command_routes) command_routes->use(*plugin_host);
    watchdog = make_watchdog(threads.loops(), *plugin_host, logger, metrics, mode.configuration.gateway.plugins);
    if (mode.mode == pipeline::Mode::gateway) {
        if (auto error = make_spawned(key)) return error;
        spawn_what_crashes(mode.configuration, mode.options.plugin_directory, logger);
    }
    for (const auto& [name, service] : mode.configuration.services) {
        if (!service.is_plugin()) continue;
        const host::PluginSpec spec = spec_of(service);
        auto made = plugin_host->load(spec);
        if (!made) return made.error();
        loaded[name] = {spec, *made};
    }
    return std::nullopt;
}

std::optional<Error> App::Parts::make_spawned(const std::string& key) {
    SpawnedServices::Options options;
    options.threads = &threads;
    options.servers = &servers;
    options.logger = &logger;
    options.metrics = &metrics;
    options.signer = signer.get();
    options.assertion_key = key;
    options.find_target = [this](std::string_view service) { return find_target(service); };
    options.plugin_directory = mode.options.plugin_directory;
    options.runtime_directory = runtime_directory(mode.options);
    auto made = SpawnedServices::create(std::move(options));
    if (!made) return made.error();
    spawned = std::move(*made);
    events_from_peers = std::make_unique<EventsFromPeers>(*events);
    spawned->internal_api().add(std::string(events::kEventsPath), *events_from_peers);
    return std::nullopt;
}

// Where a call to that service goes, as Caller sees it.
peer::Target App::Parts::find_target(std::string_view service) {
    const auto held = snapshot();
    const pipeline::Service* found = held ? held->services.find(service) : nullptr;
    if (found == nullptr) return {};
    if (found->is_asked_here()) return {plugin_host->find(service), nullptr};
    return {nullptr, {held, found->cluster.get()}};
}

std::optional<Error> App::Parts::start_plugins() {
    // Names first: a plugin may call a service elsewhere as soon as it runs.
    if (auto error = switch_to(mode.configuration, {})) return error;
    for (const auto& [name, service] : loaded) {
        auto started = plugin_host->start(service.generation);
        if (!started) return started.error();
    }
    return spawned ? spawned->begin(mode.configuration) : std::nullopt;
}

std::optional<Error> App::Parts::listen() {
    main_thread = std::make_unique<MainThread>();
    reloading = std::make_unique<SerialThread>("gh-reload");
    commands = std::make_unique<SerialThread>("gh-commands");
    const config::Gateway& gateway = mode.configuration.gateway;
    for (const config::Listener& listener : gateway.listen) {
        if (auto error = bind(listener)) return error;
    }
    if (gateway.admin.at) {
        if (auto error = bind_admin(*gateway.admin.at)) return error;
    }
    if (gateway.internal && spawned) {
        if (auto error = bind_internal(*gateway.internal)) return error;
    }
    if (gateway.plugins.watch && mode.mode == pipeline::Mode::gateway && !mode.options.plugin_directory.empty()) {
        const auto reload_changed = [this](const std::string& plugin) {
            const bool is_new = announced.with([&](auto& names) { return names.insert(plugin).second; });
            if (!is_new) return;  // it waits already, and will find the newest file
            reloading->post([this, plugin] {
                announced.with([&](auto& names) { names.erase(plugin); });
                reload_file(plugin);
            });
        };
        plugin_watch = std::make_unique<PluginWatch>(mode.options.plugin_directory, reload_changed);
        if (!plugin_watch->error().empty()) logger.warn("plugins are not watched", {{"error", plugin_watch->error()}});
    }
    if (events) events->open();  // whoever subscribes is there by now
    phase = Phase::serving;
    if (!mode.options.ready_file.empty()) {
        if (auto error = write_ready_file(mode.options.ready_file, addresses, admin_address)) return error;
    }
    logger.info("serving",
                {{"listen", addresses.empty() ? std::string() : addresses.front()}, {"loops", threads.loops().size()}});
    return std::nullopt;
}

// One socket per loop: the kernel spreads connections over them (TCP), or each takes what it can (Unix).
std::optional<Error> App::Parts::bind(const config::Listener& listener) {
    config::Listener exact = listener;
    std::vector<net::BoundSocket> sockets;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        auto bound = listener.is_unix && i > 0 ? net::duplicate(sockets.front()) : net::bind_listener(exact);
        if (!bound) return bound.error();
        sockets.push_back(std::move(*bound));
        if (!listener.is_unix) exact.port = sockets.front().port();
    }
    addresses.push_back(sockets.front().address());
    if (listener.is_unix) unix_paths.push_back(listener.host);
    for (std::size_t i = 0; i < servers.size(); ++i) {
        net::LoopServer* server = servers[i].get();
        server->loop().post([server, descriptor = sockets[i].release()] { server->listen(descriptor, nullptr); });
    }
    return std::nullopt;
}

// The internal listener has no pipeline: one more handler, on every loop.
std::optional<Error> App::Parts::bind_internal(const config::Listener& listener) {
    config::Listener exact = listener;
    std::vector<net::BoundSocket> sockets;
    for (std::size_t i = 0; i < servers.size(); ++i) {
        auto bound = listener.is_unix && i > 0 ? net::duplicate(sockets.front()) : net::bind_listener(exact);
        if (!bound) return bound.error();
        sockets.push_back(std::move(*bound));
        if (!listener.is_unix) exact.port = sockets.front().port();
    }
    if (listener.is_unix) unix_paths.push_back(listener.host);
    logger.info("services elsewhere call others here", {{"internal", sockets.front().address()}});
    std::vector<int> descriptors;
    for (net::BoundSocket& socket : sockets) descriptors.push_back(socket.release());
    spawned->listen(std::move(descriptors));
    return std::nullopt;
}

std::optional<Error> App::Parts::bind_admin(const config::Listener& listener) {
    auto bound = net::bind_listener(listener);
    if (!bound) return bound.error();
    admin_address = bound->address();
    if (listener.is_unix) unix_paths.push_back(listener.host);
    admin_api = std::make_unique<admin::AdminApi>(mode.configuration.gateway.admin.token, metrics, admin_sources());
    net::LoopServer* server = servers.front().get();
    server->loop().post(
        [server, handler = admin_api.get(), descriptor = bound->release()] { server->listen(descriptor, handler); });
    return std::nullopt;
}

int App::Parts::run() {
    while (phase == Phase::serving) {
        const auto signal = main_thread->wait(Clock::now() + 1h);
        if (signal == SIGHUP) {
            access_log.reopen();
            logger.reopen();
            reloading->post([this] { reload(); });
        } else if (signal) {
            phase = Phase::draining;
        }
    }
    drain();
    stop();
    return 0;
}

// Lets what is in flight finish, for a bounded time or until told again to stop.
void App::Parts::drain() {
    logger.info("draining");
    std::atomic<std::size_t> busy_loops{servers.size()};
    for (const auto& server : servers) {
        server->loop().post([this, &busy_loops, server = server.get()] {
            server->begin_drain();
            server->when_empty([this, &busy_loops] {
                busy_loops.fetch_sub(1);
                main_thread->wake();
            });
        });
    }
    const TimePoint deadline = Clock::now() + mode.configuration.gateway.drain_timeout;
    while (busy_loops.load() > 0 && Clock::now() < deadline) {
        const auto signal = main_thread->wait(deadline);
        if (signal == SIGTERM || signal == SIGINT) break;
    }
    // Nothing on a loop may refer to this frame any more.
    threads.run_on_each([this](IoLoop& loop) { servers[loop.index()]->when_empty(nullptr); });
}

// Listeners, sessions, plugins, loops.
void App::Parts::stop() {
    if (phase == Phase::stopped) return;
    phase = Phase::stopped;
    plugin_watch.reset();
    if (reloading) reloading->stop();
    if (commands) commands->stop();
    name_refresher.reset();
    if (threads_started) {
        threads.run_on_each([this](IoLoop& loop) { servers[loop.index()]->close_all(); });
        if (events) events->stop(Clock::now() + kPluginStopTimeout);
        if (spawned) spawned->stop(Clock::now() + kPluginStopTimeout);
        if (plugin_host) plugin_host->stop_all(Clock::now() + kPluginStopTimeout);
        const TimePoint deadline = Clock::now() + kCloseTimeout;
        std::atomic<std::size_t> sessions{1};
        while (sessions > 0 && Clock::now() < deadline) {
            sessions = 0;
            threads.run_on_each([&](IoLoop& loop) { sessions += servers[loop.index()]->session_count(); });
            if (sessions > 0) std::this_thread::sleep_for(5ms);
        }
        if (app_extensions) app_extensions->close();
        threads.run_on_each([this](IoLoop& loop) { servers[loop.index()]->upstreams().close_idle(); });
        threads.run_on_each([](IoLoop&) {});  // closed sockets are let go of
    }
    watchdog.reset();
    threads.stop();
    access_log.stop();
    plugin_host.reset();
}

}  // namespace gatehouse

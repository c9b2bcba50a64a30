#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/config/model.hpp"
#include "gateway/loop_threads.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/observe/log.hpp"
#include "gateway/observe/spawn_metrics.hpp"
#include "gateway/peer/peer_api.hpp"
#include "gateway/supervise/supervisor.hpp"
#include "gateway/upstream/assertion.hpp"

namespace gatehouse {

// The services of spawn:NAME as the gateway runs them, and the internal listener through which they, and services run
// by `gatehouse serve --gateway` elsewhere, call others. All but status() on one thread at a time.
class SpawnedServices final : private supervise::Endpoints {
public:
    struct Options {
        LoopThreads* threads = nullptr;
        const std::vector<std::unique_ptr<net::LoopServer>>* servers = nullptr;  // by loop
        observe::Logger* logger = nullptr;
        observe::Metrics* metrics = nullptr;
        const upstream::AssertionSigner* signer = nullptr;
        std::string assertion_key;
        peer::PeerApi::FindTarget find_target;
        std::filesystem::path plugin_directory, runtime_directory;
    };
    static Result<std::unique_ptr<SpawnedServices>> create(Options options);
    ~SpawnedServices();

    // Sees to it that the children which a configuration asks for run, and waits until they serve. After an error the
    // ones before run on; those that were begun are ended by retire() with the configuration that stays in force.
    std::optional<Error> begin(const config::Configuration& configuration);
    // Lets go of the children that the configuration in force does not ask for.
    void retire(const config::Configuration& configuration);
    // Another child takes over from the present one of that service.
    std::optional<Error> reload(const std::string& service);
    bool runs(std::string_view service) const { return supervisor_ != nullptr && supervisor_->runs(service); }
    // A listener that was bound for the internal API: one descriptor for each loop.
    void listen(std::vector<int> descriptors);
    // Ends all children; before the loops are stopped.
    void stop(TimePoint deadline);

    std::vector<supervise::ChildStatus> status() const;  // [any]
    peer::PeerApi& internal_api() { return *peer_api_; }

private:
    explicit SpawnedServices(Options options);
    std::optional<Error> listen_for_children();
    supervise::ChildSpec spec_of(const config::Service& service, const config::Gateway& gateway) const;
    void note(const std::string& service, supervise::Surroundings::Event event, std::string_view reason,
              std::string_view detail);

    void open(const std::string& service, const std::string& socket_path) override;
    void close(const std::string& service) override;
    bool has_left_old(const std::string& service) override;
    bool is_forgotten(const std::string& service) override;
    void set_spawned(const std::string& service, const std::vector<upstream::Address>& addresses);

    Options options_;
    observe::SpawnMetrics metrics_;
    std::unique_ptr<upstream::AssertionVerifier> verifier_;
    std::unique_ptr<peer::PeerApi> peer_api_;
    mutable std::mutex supervisor_mutex_;  // for status(); everybody else is on one thread
    std::unique_ptr<supervise::Supervisor> supervisor_;
    std::string gateway_path_;  // where children find the internal listener
};

// Where the history of crashes says that a plugin belongs into a process of its own, plugin:NAME becomes spawn:NAME,
// and the log says so.
void spawn_what_crashes(config::Configuration& configuration, const std::filesystem::path& plugin_directory,
                        observe::Logger& logger);

}  // namespace gatehouse

#include "gateway/host/plugin_host.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/call.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/lifecycle.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

constexpr std::uint32_t kWorkersDefault = 4;
constexpr std::uint32_t kQueueDefault = 256;

// A fresh directory that only this process uses: two hosts must never load each other's copies.
Result<std::filesystem::path> make_private_directory(const std::filesystem::path& parent) {
    std::error_code error;
    std::filesystem::create_directories(parent, error);
    if (error) return Error{"cannot create " + parent.string() + ": " + error.message()};
    std::string name = (parent / (std::to_string(::getpid()) + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) return Error{"cannot create " + name + ": " + std::strerror(errno)};
    return std::filesystem::path(name);
}

}  // namespace

struct PluginHost::State_ {
    explicit State_(Options given)
        : options(std::move(given)),
          caller(options.loops, options.remote),
          lifecycle(options.loops, options.start_timeout) {}

    Options options;
    std::filesystem::path directory;  // empty until the first load
    Caller caller;
    Lifecycle lifecycle;
    mutable std::mutex mutex;                              // guards generations
    std::vector<std::shared_ptr<Generation>> generations;  // in order of loading
    std::uint32_t next_number = 1;

    void end(const std::shared_ptr<Generation>& generation, TimePoint deadline) {
        const bool drained = lifecycle.drain(*generation, deadline);
        caller.remove(*generation);
        if (drained) {
            lifecycle.retire(generation);
        } else {
            lifecycle.pin(generation);
        }
    }

    std::string refuse(const PluginSpec& spec, const std::string& why) {
        return "service " + spec.service + ": " + why;
    }
};

PluginHost::PluginHost(Options options) : state_(std::make_unique<State_>(std::move(options))) {}

PluginHost::~PluginHost() {
    stop_all(Clock::now());
    std::error_code ignored;
    if (!state_->directory.empty()) std::filesystem::remove_all(state_->directory, ignored);
}

Result<std::shared_ptr<Generation>> PluginHost::load(const PluginSpec& spec) {
    State_& state = *state_;
    if (state.directory.empty()) {
        auto directory = make_private_directory(state.options.runtime_directory);
        if (!directory) return directory.error();
        state.directory = *directory;
    }
    const std::uint32_t number = state.next_number++;
    auto library = Library::load(spec.file, state.directory, spec.service + "-" + std::to_string(number));
    if (!library) return Error{state.refuse(spec, library.error().message)};

    auto workers =
        std::make_unique<WorkerPool>("gh-" + spec.service, spec.workers != 0 ? spec.workers : kWorkersDefault,
                                     spec.queue != 0 ? spec.queue : kQueueDefault);
    auto table = std::make_unique<HostTable>(spec.service, state.options.loops, *state.options.telemetry, state.caller,
                                             *workers, state.options.extensions);
    auto generation = std::make_shared<Generation>(spec.service, number, std::move(*library), std::move(table),
                                                   std::move(workers), state.options.loops.size());
    if (std::string why = state.lifecycle.create(*generation, spec.config_json); !why.empty()) {
        state.end(generation, Clock::now());
        return Error{state.refuse(spec, why)};
    }
    std::scoped_lock lock(state.mutex);
    state.generations.push_back(generation);
    return generation;
}

Result<std::shared_ptr<Generation>> PluginHost::start(std::shared_ptr<Generation> generation) {
    if (std::string why = state_->lifecycle.start(*generation); !why.empty()) {
        return Error{"service " + generation->service() + ": " + why};
    }
    state_->caller.add(generation);
    return generation;
}

std::shared_ptr<Generation> PluginHost::find(std::string_view service) const { return state_->caller.find(service); }

void PluginHost::set_remote_services(std::vector<std::string> names) {
    state_->caller.set_remote_services(std::move(names));
}

gh_status PluginHost::call(const gh_call_request& request, gh_call_done done, void* context) {
    return state_->caller.perform("gateway", request, done, context);
}

Result<std::vector<PluginHost::Migration>> PluginHost::migrations(Generation& generation, Migrate what) {
    return state_->lifecycle.migrations(generation, what);
}

void PluginHost::stop_all(TimePoint deadline) {
    std::vector<std::shared_ptr<Generation>> generations;
    {
        std::scoped_lock lock(state_->mutex);
        generations.swap(state_->generations);
    }
    for (auto each = generations.rbegin(); each != generations.rend(); ++each) {
        state_->end(*each, deadline);
    }
}

std::vector<PluginStatus> PluginHost::status() const {
    std::scoped_lock lock(state_->mutex);
    std::vector<PluginStatus> result;
    for (const auto& generation : state_->generations) {
        const PluginFile& file = generation->file();
        result.push_back({generation->service(), file.id, file.version, file.build_id, file.toolchain,
                          generation->number(), generation->state(), generation->in_flight(), generation->queued(),
                          generation->worker_count(), generation->routes().routes()});
    }
    return result;
}

}  // namespace gatehouse::host

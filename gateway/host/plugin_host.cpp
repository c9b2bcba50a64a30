#include "gateway/host/plugin_host.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "gateway/base/io_loop.hpp"
#include "gateway/base/private_directory.hpp"
#include "gateway/host/call.hpp"
#include "gateway/host/copy_shelf.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/lifecycle.hpp"
#include "gateway/host/retirements.hpp"
#include "gateway/host/step.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

constexpr std::uint32_t kWorkersDefault = 4;
constexpr std::uint32_t kQueueDefault = 256;
constexpr Duration kLoadTimeout = 10s;
constexpr std::uint64_t kPinnedAlarm = 32;

// Two hosts must never load each other's copies.
Result<PrivateDirectory> make_private_directory(const std::filesystem::path& parent) {
    auto made = PrivateDirectory::create(parent, "plugins");
    struct statvfs system {};
    if (made && ::statvfs(made->path().c_str(), &system) == 0 && (system.f_flag & ST_NOEXEC) != 0) {
        return Error{parent.string() + " is mounted noexec: no plugin can be loaded from there; set TMPDIR to another"};
    }
    return made;
}

}  // namespace

struct PluginHost::State_ {
    explicit State_(Options given)
        : options(std::move(given)),
          caller(options.loops, options.remote),
          lifecycle(options.loops, options.start_timeout),
          retirements(lifecycle, {[this](const auto& generation) { ended(generation); }, options.regressed}) {}

    Options options;
    std::optional<PrivateDirectory> directory;  // from the first load on
    Caller caller;
    Lifecycle lifecycle;
    mutable std::mutex mutex;                              // guards what follows
    std::vector<std::shared_ptr<Generation>> generations;  // in order of loading; those that are not unmapped
    CopyShelf shelf;
    Counts counts;
    std::atomic<std::uint32_t> next_number{1};
    Retirements retirements;

    void end(const std::shared_ptr<Generation>& generation, TimePoint deadline) {
        caller.remove(*generation);
        const bool drained = lifecycle.drain(generation, {deadline, deadline});
        if (drained) {
            lifecycle.retire(generation, Duration::zero());
        } else {
            lifecycle.pin(generation);
        }
        ended(generation);
    }

    void report(const std::string& service, std::string_view message, const std::string& why, int level = GH_LOG_WARN) {
        const Telemetry::Field field{"reason", why};
        options.telemetry->log(level, service, message, std::span(&field, 1));
    }

    void ended(const std::shared_ptr<Generation>& generation) {
        const bool is_pinned = generation->state() == State::pinned;
        if (is_pinned) tell_pinned(*generation);
        std::scoped_lock lock(mutex);
        if (is_pinned) {
            ++counts.pinned;
            return;
        }
        ++counts.unmapped;
        std::erase(generations, generation);
        shelf.keep(generation->service(), generation->file().build_id, generation->copy(), options.policy.copies_kept);
    }

    void tell_pinned(const Generation& generation) {
        std::string why;
        for (const std::string& each : generation.holding()) why += (why.empty() ? "" : ", ") + each;
        if (why.empty()) why = "a thread-local object or a unique symbol of its own keeps it mapped";
        report(generation.service(),
               "generation " + std::to_string(generation.number()) + " is pinned: its code stays in memory", why);
    }

    // Empty, or why nothing more is loaded.
    std::string pinned_budget(const std::string& service) {
        std::unique_lock lock(mutex);
        const std::uint64_t pinned = counts.pinned, most = options.policy.pinned_max;
        lock.unlock();
        const std::string count = std::to_string(pinned) + " ended generations could not be unmapped";
        if (pinned >= most) return count + ": no plugin is loaded any more; restart the gateway";
        if (pinned >= kPinnedAlarm) {
            report(service, "restart the gateway soon", count + ", of at most " + std::to_string(most), GH_LOG_ERROR);
        }
        return {};
    }

    Result<std::unique_ptr<Library>> open(const PluginSpec& spec, std::uint32_t number, Phases& phases) {
        phases.begin("stage");
        const auto copy = Library::stage(spec.file, directory->path(), spec.service + "-" + std::to_string(number));
        if (!copy) return copy.error();
        phases.begin("lint");
        auto file = lint_plugin(*copy);
        if (file && !spec.plugin_id.empty() && file->id != spec.plugin_id) {
            file = Error{"its id is " + file->id + "; the service runs " + spec.plugin_id};
        }
        if (!file) {
            std::filesystem::remove(*copy);
            return file.error();
        }
        phases.begin("load");
        using Loaded = Result<std::unique_ptr<Library>>;
        const auto loaded = std::make_shared<std::optional<Loaded>>();
        const auto work = [loaded, copy = *copy, file = *file] { loaded->emplace(Library::load(copy, file)); };
        if (!run_step(kLoadTimeout, work)) return Error{"loading hangs: a static constructor did not return in time"};
        return std::move(**loaded);
    }
};

PluginHost::PluginHost(Options options) : state_(std::make_unique<State_>(std::move(options))) {}

PluginHost::~PluginHost() { stop_all(Clock::now()); }

void PluginHost::set_policy(const ReloadPolicy& policy) {
    std::scoped_lock lock(state_->mutex);
    state_->options.policy = policy;
}

Result<std::shared_ptr<Generation>> PluginHost::load(const PluginSpec& spec, Phases* phases) {
    State_& state = *state_;
    Phases own;
    if (phases == nullptr) phases = &own;
    const auto refusal = [&](const std::string& why) { return Error{"service " + spec.service + ": " + why}; };
    if (!state.directory) {
        auto directory = make_private_directory(state.options.runtime_directory);
        if (!directory) return directory.error();
        state.directory.emplace(std::move(*directory));
    }
    if (const std::string why = state.pinned_budget(spec.service); !why.empty()) return refusal(why);
    state.retirements.hurry(spec.service);
    if (!state.retirements.wait_until_below(spec.service, state.options.policy.live_max - 1,
                                            Clock::now() + state.options.policy.drain)) {
        return refusal("too many of its generations still run; ask for why-alive");
    }
    const std::uint32_t number = state.next_number++;
    auto library = state.open(spec, number, *phases);
    if (!library) return refusal(spec.file.string() + ": " + library.error().message);

    phases->begin("create");
    auto workers =
        std::make_unique<WorkerPool>("gh-" + spec.service, spec.workers != 0 ? spec.workers : kWorkersDefault,
                                     spec.queue != 0 ? spec.queue : kQueueDefault);
    auto table = std::make_unique<HostTable>(spec.service, state.options.loops, *state.options.telemetry, state.caller,
                                             *workers, state.options.extensions);
    auto generation = std::make_shared<Generation>(spec.service, number, std::move(*library), std::move(table),
                                                   std::move(workers), state.options.loops.size());
    {
        std::scoped_lock lock(state.mutex);
        state.generations.push_back(generation);
        ++state.counts.loaded;
    }
    generation->probes_ = spec.probes;
    generation->is_successor_ = spec.is_successor;
    if (std::string why = state.lifecycle.create(generation, spec.config_json); !why.empty()) {
        discard(generation);
        return refusal(why);
    }
    phases->end();
    return generation;
}

Result<std::shared_ptr<Generation>> PluginHost::prepare(std::shared_ptr<Generation> generation,
                                                        const std::shared_ptr<Generation>& predecessor,
                                                        Phases* phases) {
    Phases own;
    if (phases == nullptr) phases = &own;
    Lifecycle& lifecycle = state_->lifecycle;
    phases->begin("start");
    std::string why = lifecycle.start(generation);
    if (why.empty() && predecessor != nullptr) {
        phases->begin("handover");
        const Handover handover = lifecycle.hand_over(predecessor, generation);
        if (handover.result == Handover::Result::failed) {
            state_->report(generation->service(), "the handover failed; the new generation starts empty", handover.why);
            if (state_->options.policy.handover_required) why = "handover: " + handover.why;
        }
    }
    if (why.empty()) {
        phases->begin("probe");
        why = lifecycle.check_health(generation);
        if (why.empty()) why = lifecycle.probe(generation, predecessor != nullptr || generation->is_successor_);
    }
    phases->end();
    if (why.empty()) return generation;
    discard(generation);
    return Error{"service " + generation->service() + ": " + why};
}

Result<std::shared_ptr<Generation>> PluginHost::start(std::shared_ptr<Generation> generation) {
    auto prepared = prepare(std::move(generation), nullptr);
    if (prepared) static_cast<void>(take_over(*prepared));
    return prepared;
}

std::shared_ptr<Generation> PluginHost::take_over(const std::shared_ptr<Generation>& generation) {
    auto before = state_->caller.find(generation->service());
    if (before == generation) return nullptr;
    // Whoever finds a generation can use it: the new one is ready before the old one gives up its leases.
    generation->enter_state(State::active);
    if (before != nullptr) state_->lifecycle.supersede(*before);
    state_->lifecycle.activate(*generation);
    state_->caller.add(generation);
    return before;
}

void PluginHost::withdraw(std::shared_ptr<Generation> canary) {
    state_->retirements.begin(std::move(canary), nullptr, policy());
}

ReloadPolicy PluginHost::policy() const {
    std::scoped_lock lock(state_->mutex);
    return state_->options.policy;
}

void PluginHost::retire(std::shared_ptr<Generation> generation, std::shared_ptr<Generation> successor) {
    if (successor == nullptr) {
        state_->caller.remove(*generation);
        state_->lifecycle.supersede(*generation);
    }
    state_->retirements.begin(std::move(generation), std::move(successor), policy());
}

void PluginHost::discard(const std::shared_ptr<Generation>& generation) { state_->end(generation, Clock::now()); }

std::shared_ptr<Generation> PluginHost::revive(std::string_view service) { return state_->retirements.revive(service); }

std::filesystem::path PluginHost::copy_before(const Generation& generation) const {
    std::scoped_lock lock(state_->mutex);
    return state_->shelf.newest_other(generation.service(), generation.file().build_id);
}

std::shared_ptr<Generation> PluginHost::find(std::string_view service) const { return state_->caller.find(service); }

std::shared_ptr<Generation> PluginHost::hold(const Generation* generation) const {
    std::scoped_lock lock(state_->mutex);
    for (const auto& known : state_->generations) {
        if (known.get() == generation) return known;
    }
    return nullptr;
}

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
    state_->retirements.finish_all(deadline);
    std::vector<std::shared_ptr<Generation>> generations;
    {
        std::scoped_lock lock(state_->mutex);
        generations = state_->generations;
    }
    for (auto each = generations.rbegin(); each != generations.rend(); ++each) {
        if ((*each)->state() != State::pinned) state_->end(*each, deadline);
    }
}

std::vector<PluginStatus> PluginHost::status() const {
    std::scoped_lock lock(state_->mutex);
    std::vector<PluginStatus> result;
    for (const auto& generation : state_->generations) {
        const PluginFile& file = generation->file();
        PluginStatus& status = result.emplace_back();
        status.service = generation->service();
        status.plugin_id = file.id;
        status.version = file.version;
        status.build_id = file.build_id;
        status.toolchain = file.toolchain;
        status.generation = generation->number();
        status.state = generation->state();
        status.in_flight = generation->counts();
        status.queued = generation->queued();
        status.workers = generation->worker_count();
        status.age = Clock::now() - generation->since();
        status.holding = generation->holding();
        if (generation->is_created()) status.routes = generation->routes().routes();
    }
    return result;
}

PluginHost::Counts PluginHost::counts() const {
    std::scoped_lock lock(state_->mutex);
    return state_->counts;
}

std::vector<PluginHost::AdminCommand> PluginHost::admin_commands(Generation& generation) {
    return state_->lifecycle.admin_commands(generation);
}

PluginHost::AdminAnswer PluginHost::run_admin(Generation& generation, const std::string& command,
                                              const std::string& arguments) {
    return state_->lifecycle.run_admin(generation, command, arguments);
}

}  // namespace gatehouse::host

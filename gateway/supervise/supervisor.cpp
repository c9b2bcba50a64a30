#include "gateway/supervise/supervisor.hpp"

#include <algorithm>
#include <filesystem>

namespace gatehouse::supervise {

namespace {

constexpr std::size_t kSocketPathMax = 107;
constexpr std::size_t kSocketNameMax = 63 + 16;  // a service's name and what start of it this is
constexpr std::size_t kDirectoryNameMax = 32;

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::create(const std::filesystem::path& runtime_directory,
                                                       Surroundings surroundings) {
    const std::size_t longest = runtime_directory.string().size() + kDirectoryNameMax + kSocketNameMax;
    const bool is_short = longest <= kSocketPathMax;
    auto made =
        PrivateDirectory::create(is_short ? runtime_directory : std::filesystem::path("/tmp"), "gatehouse-spawn");
    if (!made) return made.error();
    surroundings.socket_directory = made->path().string();
    return std::unique_ptr<Supervisor>(new Supervisor(std::move(*made), std::move(surroundings)));
}

Supervisor::~Supervisor() {
    for (const auto& keeper : keepers_) keeper->stop(Clock::now());
    keepers_.clear();
}

std::shared_ptr<Keeper> Supervisor::find(std::string_view service) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& keeper : keepers_) {
        if (keeper->spec().service == service && !keeper->is_leaving()) return keeper;
    }
    return nullptr;
}

// Lets go of keepers that have stopped.
void Supervisor::sweep() {
    std::vector<std::shared_ptr<Keeper>> stopped;
    const std::scoped_lock lock(mutex_);
    for (const auto& keeper : keepers_) {
        if (keeper->is_stopped()) stopped.push_back(keeper);
    }
    std::erase_if(keepers_, [](const auto& keeper) { return keeper->is_stopped(); });
}

void Supervisor::begin(const ChildSpec& spec) {
    sweep();
    const std::scoped_lock lock(mutex_);
    for (const auto& keeper : keepers_) {
        if (keeper->spec().service == spec.service && keeper->revive()) {
            if (keeper->spec() != spec) keeper->want(spec);
            return;
        }
    }
    keepers_.push_back(std::make_shared<Keeper>(spec, surroundings_));
}

std::optional<Error> Supervisor::wait_until_up(const std::string& service) {
    std::shared_ptr<Keeper> latest;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& keeper : keepers_) {
            if (keeper->spec().service == service) latest = keeper;
        }
    }
    if (!latest) return Error{"service \"" + service + "\" has no child process"};
    return latest->wait_until_up();
}

std::optional<Error> Supervisor::reload(const std::string& service) {
    const auto keeper = find(service);
    if (!keeper) return Error{"service \"" + service + "\" has no child process"};
    ChildSpec spec = keeper->spec();
    keeper->want(std::move(spec));
    return keeper->wait_until_up();
}

bool Supervisor::runs(std::string_view service) const { return find(service) != nullptr; }

void Supervisor::retire_all_but(const std::vector<std::string>& services) {
    sweep();
    const std::scoped_lock lock(mutex_);
    for (const auto& keeper : keepers_) {
        const bool stays = std::find(services.begin(), services.end(), keeper->spec().service) != services.end();
        if (!stays) keeper->retire();
    }
}

void Supervisor::stop_all(TimePoint deadline) {
    std::vector<std::shared_ptr<Keeper>> keepers;
    {
        const std::scoped_lock lock(mutex_);
        keepers = keepers_;
    }
    for (const auto& keeper : keepers) keeper->stop(deadline);
    for (const auto& keeper : keepers) keeper->wait_until_stopped();
}

std::vector<ChildStatus> Supervisor::status() const {
    const std::scoped_lock lock(mutex_);
    std::vector<ChildStatus> result;
    for (const auto& keeper : keepers_) {
        if (!keeper->is_stopped()) result.push_back(keeper->status());
    }
    return result;
}

}  // namespace gatehouse::supervise

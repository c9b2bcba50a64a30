#include "gateway/supervise/supervisor.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace gatehouse::supervise {

namespace {

constexpr std::size_t kSocketPathMax = 107;
constexpr std::size_t kSocketNameMax = 63 + 16;  // a service's name and what start of it this is

Result<std::string> make_directory(const std::filesystem::path& base) {
    std::string path = (base / "spawn-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) return Error{"cannot make " + path + ": " + std::strerror(errno)};
    return path;
}

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::create(const std::filesystem::path& runtime_directory,
                                                       Surroundings surroundings) {
    std::error_code ignored;
    std::filesystem::create_directories(runtime_directory, ignored);
    const bool is_short = runtime_directory.string().size() + kSocketNameMax + 16 <= kSocketPathMax;
    auto made = make_directory(is_short ? runtime_directory : std::filesystem::path("/tmp"));
    if (!made) return made.error();
    surroundings.socket_directory = std::move(*made);
    return std::unique_ptr<Supervisor>(new Supervisor(std::move(surroundings)));
}

Supervisor::~Supervisor() {
    for (const auto& keeper : keepers_) keeper->stop(Clock::now());
    keepers_.clear();
    std::error_code ignored;
    std::filesystem::remove_all(surroundings_.socket_directory, ignored);
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

#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/private_directory.hpp"
#include "gateway/base/result.hpp"
#include "gateway/supervise/keeper.hpp"

namespace gatehouse::supervise {

// The child processes of spawn:NAME, a keeper for each service. One per process; outlived by the event loops.
class Supervisor final {
public:
    // Makes the socket directory, private to this user: inside of `runtime_directory` if its path is short enough.
    static Result<std::unique_ptr<Supervisor>> create(const std::filesystem::path& runtime_directory,
                                                      Surroundings surroundings);
    // Kills what is left.
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // All but status() and socket_directory(): one thread at a time.
    //
    // Sees to it that a child of that kind runs: starts one, or replaces one that is of another kind. Returns at once;
    // wait_until_up() says how it went. Beginning several first lets them start side by side.
    void begin(const ChildSpec& spec);
    std::optional<Error> wait_until_up(const std::string& service);
    // A new child of the same kind takes over from the present one, without losing a request; blocks. An error leaves
    // the present one alone. `plugin_id` may have changed with the file: see ChildSpec.
    std::optional<Error> reload(const std::string& service);
    bool runs(std::string_view service) const;
    // Ends the children of services that are not named; they go on until no request can reach them.
    void retire_all_but(const std::vector<std::string>& services);
    void stop_all(TimePoint deadline);

    std::vector<ChildStatus> status() const;  // [any]
    const std::string& socket_directory() const { return surroundings_.socket_directory; }

private:
    Supervisor(PrivateDirectory sockets, Surroundings surroundings)
        : sockets_(std::move(sockets)), surroundings_(std::move(surroundings)) {}
    std::shared_ptr<Keeper> find(std::string_view service) const;
    void sweep();

    PrivateDirectory sockets_;
    Surroundings surroundings_;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Keeper>> keepers_;  // those that leave are kept until they have
};

}  // namespace gatehouse::supervise

#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/cli/admin_client.hpp"
#include "gateway/cli/offline_host.hpp"
#include "gateway/config/model.hpp"

namespace gatehouse::cli {

// Runs operators' commands (gh.admin/1) in services. A running gateway is asked if there is one: it reaches every home,
// and the service has all that it needs. Without one, the plugins that are on this machine are loaded here, which is
// good for what concerns their databases only.
class ServiceCommands final {
public:
    // gateway: empty, or a listener that may not answer. is_required: it is an error if it does not.
    enum class Gateway : std::uint8_t { optional, required };
    ServiceCommands(std::optional<AdminClient> gateway, Gateway need, std::filesystem::path plugins);

    // Why nobody can be asked; empty otherwise.
    const std::string& problem() const { return problem_; }
    // No value and no error: the service does not know the command. Blocks; any thread.
    Result<std::optional<boost::json::object>> run(const config::Service& service, const std::string& command,
                                                   const boost::json::object& arguments);

private:
    Result<std::optional<boost::json::object>> run_there(const config::Service& service, const std::string& command,
                                                         const std::string& arguments) const;
    Result<std::shared_ptr<host::Generation>> load(const config::Service& service);
    Result<std::optional<boost::json::object>> run_here(const config::Service& service, const std::string& command,
                                                        const std::string& arguments);

    std::optional<AdminClient> gateway_;  // one that answers
    std::filesystem::path plugins_;
    std::string silence_, problem_;
    std::mutex mutex_;
    std::unique_ptr<OfflineHost> host_;                                             // guarded by mutex_
    std::map<std::string, std::shared_ptr<host::Generation>, std::less<>> loaded_;  // guarded by mutex_
};

}  // namespace gatehouse::cli

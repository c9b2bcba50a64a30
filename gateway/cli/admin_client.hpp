#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateway/base/result.hpp"

namespace CLI {
class App;
}
namespace gatehouse::config {
struct Configuration;
struct Listener;
}  // namespace gatehouse::config

namespace gatehouse::cli {

// Where the admin listener of a running gateway is.
struct AdminOptions {
    std::string config;      // asked when the others are empty
    std::string url;         // http://127.0.0.1:9901
    std::string token_file;  // holds the bearer token
};
void add_admin_options(CLI::App& command, AdminOptions& options);

struct AdminAnswer {
    int status = 0;
    std::string body;
};

// Asks a running gateway; blocks.
class AdminClient final {
public:
    // Error: no address, or a token that cannot be read; said on stderr already.
    static std::optional<AdminClient> find(const AdminOptions& options);
    // Of a configuration; nothing if it names no admin listener with a port of its own.
    static std::optional<AdminClient> of(const config::Configuration& configuration);

    // An Error when nobody answers in time.
    static constexpr std::chrono::seconds kTimeout{120};
    Result<AdminAnswer> ask(const std::string& method, const std::string& path, const std::string& body = {},
                            std::chrono::seconds timeout = kTimeout) const;

private:
    void aim_at(const config::Listener& address);

    std::string host_, port_, token_;
};

}  // namespace gatehouse::cli

#include "gateway/cli/welcome.hpp"

#include <cerrno>  // program_invocation_name

#include <algorithm>

#include "gateway/cli/terminal.hpp"
#include "gateway/cli/version.hpp"
#include "gateway/config/database_url.hpp"

namespace gatehouse::cli {

namespace {

// What a browser or curl on this machine can use.
std::string url_of(const std::string& address) {
    if (address.starts_with("unix:")) return address;
    for (const std::string any : {"0.0.0.0:", "[::]:"}) {
        if (address.starts_with(any)) return "http://127.0.0.1:" + address.substr(any.size());
    }
    return "http://" + address;
}

bool has_plugin(const config::Configuration& configuration, const std::string& service) {
    const auto found = configuration.services.find(service);
    return found != configuration.services.end() && !found->second.library().empty();
}

bool has_service(const config::Configuration& configuration, const std::string& service) {
    return configuration.services.contains(service);
}

std::string curl(const std::string& address, const std::string& path, const std::string& more) {
    if (!address.starts_with("unix:")) return "curl -s " + url_of(address) + path + more;
    return "curl -s --unix-socket " + address.substr(5) + " http://localhost" + path + more;
}

std::vector<std::string> first_steps(const config::Configuration& configuration, const std::string& address) {
    if (!has_service(configuration, "auth") || !has_service(configuration, "posts")) {
        return {curl(address, "/", " -i")};
    }
    return {
        "TOKEN=$(" +
            curl(address, "/api/auth/register",
                 R"( --json '{"username": "ada", "email": "ada@example.com", "password": "correct horse battery"}')") +
            " | jq -r .access_token)",
        curl(address, "/api/posts", R"( -H "Authorization: Bearer $TOKEN" --json '{"text": "Hello, world"}')"),
        curl(address, "/api/posts", ""),
    };
}

std::string place_of_data(const config::Configuration& configuration) {
    const std::string& location = configuration.gateway.storage_default;
    if (location == "sqlite::memory:") return "in memory: gone when it stops";
    if (location.starts_with("sqlite:")) return location.substr(7) + " (SQLite)";
    return config::without_password(location);
}

class Box final {
public:
    void title(const std::string& text) { lines_ += "│ " + bold(text) + "\n│\n"; }
    void row(const std::string& label, const std::string& text) {
        lines_ += "│ " + label + std::string(label.size() < 13 ? 13 - label.size() : 1, ' ') + text + "\n";
    }
    void gap() { lines_ += "│\n"; }
    std::string take() {
        std::string rule;
        for (int i = 0; i < 78; ++i) rule += "─";
        return "╭" + rule + "\n" + lines_ + "╰" + rule;
    }

private:
    std::string lines_;
};

}  // namespace

std::string welcome(const config::Configuration& configuration, const std::vector<std::string>& addresses,
                    const std::string& admin_address) {
    Box box;
    box.title("Gatehouse " + program_version() + " serves " + configuration.file);
    for (const std::string& address : addresses) box.row("URL", url_of(address));
    if (!admin_address.empty()) box.row("Admin", url_of(admin_address) + "/metrics, /healthz, /routes, /plugins");
    box.row("Data", place_of_data(configuration));
    if (has_plugin(configuration, "auth"))
        box.row("First admin",
                std::string(program_invocation_name) + " user create --admin --config " + configuration.file);
    box.row("Stop", "Ctrl-C finishes what is in flight; kill -HUP reloads " + configuration.file);
    box.gap();
    const std::string& address = addresses.empty() ? admin_address : addresses.front();
    for (const std::string& step : first_steps(configuration, address)) box.row("", step);
    return box.take();
}

}  // namespace gatehouse::cli

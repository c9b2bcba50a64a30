// Any text at all is loaded or refused, without a crash and in bounded time; reports can always be printed, and what is
// accepted can be printed as the effective configuration and matched against.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/config/effective.hpp"
#include "gateway/config/load.hpp"
#include "gateway/config/plugin_config.hpp"
#include "gateway/routing/explain.hpp"

namespace {

using gatehouse::config::Loaded;

// References to files and variables of this machine have no place in a fuzzer.
bool has_reference(const std::string& text) {
    return text.find("file:") != std::string::npos || text.find("env:") != std::string::npos;
}

void check(const Loaded& loaded) {
    if (loaded.diagnostics.size() > 20) std::abort();
    const std::string text = format_diagnostics(loaded);
    const std::string json = format_diagnostics_json(loaded);
    if (text.empty() != loaded.diagnostics.empty() || json.empty()) std::abort();
    for (const auto& finding : loaded.diagnostics) {
        if (finding.position.line < 1 || finding.position.column < 1 || finding.length < 1) std::abort();
    }
}

void use(const Loaded& loaded) {
    if (print_effective(loaded.configuration).empty()) std::abort();
    const gatehouse::routing::RouteTable table(loaded.configuration.routes);
    for (const char* path : {"/", "/a", "/a/7/b"}) explain(table, "GET", "example.com", path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (has_reference(text)) return 0;
    const auto begin = std::chrono::steady_clock::now();
    const Loaded loaded = gatehouse::config::load_text(text, "fuzz.yaml", "");
    check(loaded);
    if (loaded) use(loaded);
    check(gatehouse::config::load_plugin_config(text, "fuzz.yaml", "", "service", "sqlite:data").report);
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(10)) std::abort();
    return 0;
}

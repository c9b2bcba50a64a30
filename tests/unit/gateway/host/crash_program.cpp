// Crashes inside the plugin `trouble` on purpose, for crash_report_test: crash_program REPORT HISTORY PATH CONFIG.
// Without PATH ("") the lifecycle alone is run. Ends with status 0 if nothing crashed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "gateway/host/crash_report.hpp"
#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

class Crasher final : public HostFixture {
public:
    void TestBody() override {}
    int run(const std::string& path, const std::string& config) {
        auto generation = start("trouble", "bad.service", config);
        if (generation == nullptr) return 3;
        if (!path.empty()) {
            TestCarrier carrier(*loops_[1], generation, "GET", path);
            carrier.set_request_id("request-0123456789abcdef-0123456789abcdef");
            carrier.send().wait_for(std::chrono::seconds(20));
        }
        generation.reset();
        host_.reset();
        return 0;
    }
};

}  // namespace
}  // namespace gatehouse::host

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: crash_program REPORT HISTORY PATH CONFIG\n", stderr);
        return 2;
    }
    // What it leaves behind lies beside its report, and goes with that.
    ::setenv("TMPDIR", std::filesystem::path(argv[1]).parent_path().c_str(), 1);
    gatehouse::host::install_crash_report({argv[1], argv[2]});
    return gatehouse::host::Crasher().run(argv[3], argv[4]);
}

#include "gateway/cli/offline_host.hpp"

#include <optional>
#include <thread>

#include "gateway/base/io_loop.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/extensions/http_client.hpp"
#include "gateway/extensions/kv_extension.hpp"
#include "gateway/extensions/lease_extension.hpp"
#include "gateway/extensions/lease_store.hpp"
#include "gateway/extensions/memory_kv.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse::cli {

namespace {

class TerminalTelemetry final : public host::Telemetry {
public:
    int log_level() const override { return GH_LOG_WARN; }
    void log(int level, std::string_view service, std::string_view message, std::span<const Field> fields) override {
        if (level < GH_LOG_WARN) return;
        std::string line(service);
        line.append(": ").append(message);
        for (const Field& field : fields) line.append(" ").append(field.key).append("=").append(field.value);
        tell(line);
    }
    int define_metric(std::string_view, const gh_metric&) override { return 0; }
    void record(int, double, std::span<const std::string_view>) override {}
};

// A command runs no jobs: they are the business of the process that serves.
class NoLeases final : public extensions::LeaseStore {
public:
    using Milliseconds = std::chrono::milliseconds;
    void acquire(const extensions::LeaseName&, const std::string&, Milliseconds, Done done) override {
        done({Verdict::taken, 0});
    }
    void renew(const extensions::LeaseName&, const std::string&, Milliseconds, Done done) override {
        done({Verdict::taken, 0});
    }
    void release(const extensions::LeaseName&, const std::string&, Done done) override { done({Verdict::taken, 0}); }
};

}  // namespace

struct OfflineHost::Parts {
    std::filesystem::path directory;
    TerminalTelemetry telemetry;
    observe::Metrics metrics{1};
    extensions::MemoryKv values{{}};
    extensions::KvExtension kv{values, metrics};
    NoLeases no_leases;
    extensions::LeaseExtension leases{no_leases, metrics};
    IoLoop loop{0};
    std::thread thread;
    extensions::HttpClient http_client{{&loop}, nullptr};
    std::optional<host::PluginHost> host;
};

OfflineHost::OfflineHost(std::filesystem::path plugins) : parts_(std::make_unique<Parts>()) {
    parts_->directory = std::move(plugins);
    parts_->thread = std::thread([this] { parts_->loop.run(); });
    host::PluginHost::Options options;
    options.runtime_directory = runtime_directory();
    options.loops = {&parts_->loop};
    options.telemetry = &parts_->telemetry;
    options.extensions = {&parts_->kv, &parts_->leases, &parts_->http_client};
    parts_->host.emplace(std::move(options));
}

OfflineHost::~OfflineHost() {
    parts_->host.reset();
    parts_->loop.stop();
    parts_->thread.join();
}

Result<std::shared_ptr<host::Generation>> OfflineHost::load(const config::Service& service) {
    host::PluginSpec spec;
    spec.service = service.name;
    spec.file = parts_->directory / (service.library() + ".so");
    spec.config_json = service.plugin_config;
    spec.workers = 1;
    return parts_->host->load(spec);
}

host::PluginHost& OfflineHost::plugins() { return *parts_->host; }

}  // namespace gatehouse::cli

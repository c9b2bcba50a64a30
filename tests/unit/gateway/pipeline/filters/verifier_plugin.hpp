#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/pipeline/telemetry_adapter.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::pipeline {

// test_verifier.so, loaded and active.
class VerifierPlugin {
public:
    explicit VerifierPlugin(IoLoop& loop) : loop_(loop), host_(options(directory_.path(), loop, telemetry_)) {
        host::PluginSpec spec;
        spec.service = "auth";
        spec.file = std::filesystem::path(VERIFIER_DIRECTORY) / "test_verifier.so";
        spec.workers = 1;
        const auto loaded = host_.load(spec);
        if (!loaded) throw std::runtime_error(loaded.error().message);
        const auto started = host_.start(*loaded);
        if (!started) throw std::runtime_error(started.error().message);
        generation_ = *started;
    }
    // Unloading waits for the loops to have passed by.
    ~VerifierPlugin() {
        generation_.reset();
        loop_.context().restart();
        std::thread thread([this] { loop_.run(); });
        host_.stop_all(Clock::now() + 2s);
        loop_.stop();
        thread.join();
    }
    const std::shared_ptr<host::Generation>& generation() const { return generation_; }

private:
    static host::PluginHost::Options options(const std::filesystem::path& directory, IoLoop& loop,
                                             TelemetryAdapter& telemetry) {
        host::PluginHost::Options result;
        result.runtime_directory = directory;
        result.loops = {&loop};
        result.telemetry = &telemetry;
        return result;
    }
    static observe::Logger::Options silent() {
        observe::Logger::Options result;
        result.to = observe::Logger::Target::none;
        return result;
    }
    IoLoop& loop_;
    observe::Logger logger_{silent()};
    observe::Metrics metrics_{1};
    TelemetryAdapter telemetry_{logger_, metrics_};
    const TestDirectory directory_;
    host::PluginHost host_;
    std::shared_ptr<host::Generation> generation_;
};

}  // namespace gatehouse::pipeline

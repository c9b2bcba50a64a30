// What it costs to call a plugin: its function alone, the host's dispatch with counting and breadcrumb, and the
// breadcrumb by itself. The plugin is tests/unit/gateway/host/fixtures/trouble.c; its handler answers and returns.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <thread>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/host/request.hpp"

namespace {

using namespace gatehouse;
using namespace gatehouse::host;

class Silent final : public Telemetry {
public:
    int log_level() const override { return GH_LOG_ERROR; }
    void log(int, std::string_view, std::string_view, std::span<const Field>) override {}
    int define_metric(std::string_view, const gh_metric&) override { return 0; }
    void record(int, double, std::span<const std::string_view>) override {}
};

struct Carrier final : gh_request {
    explicit Carrier(IoLoop& on) : on_loop(on) {}
    gh_status reply(const gh_response& response) noexcept override {
        benchmark::DoNotOptimize(response.body.ptr);
        return GH_OK;
    }
    gh_status start(const gh_response&) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status write(gh_bytes, gh_done, void*) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status finish(const gh_kv*, std::size_t) noexcept override { return GH_E_UNSUPPORTED; }
    void abort(const gh_error*) noexcept override {}
    gh_status read(gh_bytes*, gh_read_done, void*) noexcept override { return GH_END; }
    gh_status on_cancel(gh_done, void*) noexcept override { return GH_OK; }
    IoLoop* loop() noexcept override { return &on_loop; }
    IoLoop& on_loop;
};

struct Host {
    Host()
        : thread([this] { loop.run(); }),
          plugins({std::filesystem::temp_directory_path() / "gatehouse-bench", {&loop}, &silent, nullptr}) {
        auto loaded = plugins.load({"bench", std::filesystem::path(FIXTURE_DIRECTORY) / "trouble.so", "{}", 1, 8});
        if (loaded) loaded = plugins.start(*loaded);
        if (!loaded) throw std::runtime_error(loaded.error().message);
        generation = *loaded;
        Captures captures;
        generation->routes().find("GET", "/fine", route, captures);
        view.size = sizeof view;
        view.request_id = {id.data(), id.size()};
    }
    ~Host() {
        generation.reset();
        plugins.stop_all(Clock::now());
        loop.stop();
        thread.join();
    }

    const std::string id = "0192e1c4-5b7a-7cc3-9d0e-1f2a3b4c5d6e";
    Silent silent;
    IoLoop loop{0};
    std::thread thread;
    PluginHost plugins;
    std::shared_ptr<Generation> generation;
    const PluginRoute* route = nullptr;
    gh_request_view view{};
};

void BM_HandlerAlone(benchmark::State& state) {
    Host host;
    Carrier carrier(host.loop);
    for (auto _ : state) host.route->handle(host.route->self, &carrier, &host.view);
}
BENCHMARK(BM_HandlerAlone);

void BM_Dispatch(benchmark::State& state) {
    Host host;
    Carrier carrier(host.loop);
    for (auto _ : state) {
        benchmark::DoNotOptimize(host.generation->dispatch(host.loop, *host.route, carrier, host.view));
        host.generation->ended(host.loop, *host.route, carrier, 200);
    }
}
BENCHMARK(BM_Dispatch);

void BM_Breadcrumb(benchmark::State& state) {
    Host host;
    for (auto _ : state) {
        const Breadcrumb here(*host.route, host.view.request_id, Activity::handler);
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_Breadcrumb);

}  // namespace

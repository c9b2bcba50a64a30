#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/host/plugin_host.hpp"
#include "gateway/net/listener.hpp"
#include "gateway/net/loop_server.hpp"
#include "gateway/pipeline/client_address.hpp"
#include "gateway/pipeline/pipeline.hpp"
#include "support/fake_upstream.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::net::test {

// Request ids, and identities that a test asks for with X-Test-User and X-Test-Roles.
class TestFilters final : public pipeline::FilterFactory {
public:
    pipeline::Filters before_route(const config::Configuration&) override {
        struct TestFilter final : pipeline::Filter {
            pipeline::Verdict handle(pipeline::Exchange& exchange) override {
                exchange.request_id = "test-request";
                if (const auto* user = http::find_field(exchange.request.fields, "x-test-user")) {
                    exchange.identity.present = true;
                    exchange.identity.id.assign(user->value);
                }
                if (const auto* service = http::find_field(exchange.request.fields, "x-test-service")) {
                    exchange.identity.present = true;
                    exchange.identity.service.assign(service->value);
                }
                if (const auto* role = http::find_field(exchange.request.fields, "x-test-roles")) {
                    exchange.identity.roles = {std::string(role->value)};
                }
                return pipeline::Verdict::next;
            }
        };
        pipeline::Filters filters;
        filters.push_back(std::make_unique<TestFilter>());
        return filters;
    }
    pipeline::Filters for_route(const config::Configuration&, const config::Route&,
                                const pipeline::Services&) override {
        return {};
    }
};

class Completions final : public pipeline::CompletionObserver {
public:
    void on_complete(const pipeline::Exchange& exchange) override {
        seen_.with([&](auto& seen) { seen.emplace_back(exchange.reason); });
    }
    std::vector<std::string> reasons() {
        return seen_.with([](const auto& seen) { return seen; });
    }

private:
    Guarded<std::vector<std::string>> seen_;
};

class SilentTelemetry final : public host::Telemetry {
public:
    int log_level() const override { return GH_LOG_ERROR; }
    void log(int, std::string_view, std::string_view, std::span<const Field>) override {}
    int define_metric(std::string_view, const gh_metric&) override { return 0; }
    void record(int, double, std::span<const std::string_view>) override {}
};

// One loop that serves a configuration on a free port of the loopback interface.
class GatewayTest : public ::testing::Test {
protected:
    GatewayTest() {
        configuration_.gateway.identity_headers = {"X-User-ID"};
        server_ =
            std::make_unique<LoopServer>(loop_, LoopServer::Options{.directory = &pools_, .completion = &completions_});
        thread_ = std::thread([this] { loop_.run(); });
        host_ = std::make_unique<host::PluginHost>(host::PluginHost::Options{
            .runtime_directory = directory_.path(), .loops = {&loop_}, .telemetry = &telemetry_});
    }
    ~GatewayTest() override {
        on_loop([this] { server_->close_all(); });
        host_->stop_all(Clock::now() + 5s);
        wait_until([this] { return session_count() == 0; });
        on_loop([this] { server_->upstreams().close_idle(); });
        on_loop([] {});
        host_.reset();
        loop_.stop();
        thread_.join();
    }

    config::Service& add_service(const std::string& name, std::vector<std::uint16_t> ports) {
        config::Service service;
        service.name = name;
        for (const std::uint16_t port : ports) {
            config::Endpoint endpoint;
            endpoint.kind = config::Endpoint::Kind::http;
            endpoint.host = "127.0.0.1";
            endpoint.port = port;
            service.at.push_back(endpoint);
        }
        return configuration_.services[name] = service;
    }
    void add_plugin() {
        config::Service service;
        service.name = "probe";
        service.at.emplace_back();
        configuration_.services["probe"] = service;
        host::PluginSpec spec;
        spec.service = "probe";
        spec.file = std::filesystem::path(FIXTURE_DIRECTORY) / "net_probe.so";
        auto loaded = host_->load(spec);
        ASSERT_TRUE(loaded) << loaded.error().message;
        auto started = host_->start(*loaded);
        ASSERT_TRUE(started) << started.error().message;
        generation_ = *started;
    }
    config::Route& add_route(const std::string& path, const std::string& service) {
        config::Route route;
        route.name = route.path = path;
        route.to = service;
        configuration_.routes.push_back(route);
        return configuration_.routes.back();
    }

    // Compiles the configuration and installs it; the first time, listens as well.
    void serve() {
        auto built = pipeline::build_snapshot(configuration_, ++snapshots_, mode_, filters_,
                                              [this](const config::Service&) { return generation_; });
        ASSERT_TRUE(built) << built.error().message;
        on_loop([&] { server_->install(*built); });
        if (port_ != 0) return;
        auto bound = bind_listener({.host = "127.0.0.1"});
        ASSERT_TRUE(bound) << bound.error().message;
        port_ = bound->port();
        on_loop([&] { server_->listen(bound->release(), nullptr); });
    }
    RawSocket connect(int receive_buffer = 0) { return RawSocket::connect(port_, receive_buffer); }
    Response ask(const std::string& request) {
        RawSocket client = connect();
        client.send(request);
        return receive_response(client, request.starts_with("HEAD"));
    }
    Response get(const std::string& path, const std::string& fields = {}) {
        return ask("GET " + path + " HTTP/1.1\r\nHost: gw.test\r\n" + fields + "\r\n");
    }

    template <class F>
    void on_loop(F work) {
        std::promise<void> done;
        loop_.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::size_t session_count() {
        std::size_t count = 0;
        on_loop([&] { count = server_->session_count(); });
        return count;
    }
    // Looks again, politely, for five seconds at most.
    template <class F>
    static bool wait_until(F condition) {
        const TimePoint deadline = Clock::now() + 5s;
        while (!condition()) {
            if (Clock::now() > deadline) return false;
            std::this_thread::yield();
        }
        return true;
    }

    config::Configuration configuration_;
    pipeline::Mode mode_ = pipeline::Mode::gateway;
    TestFilters filters_;
    Completions completions_;
    SilentTelemetry telemetry_;
    upstream::Directory pools_;
    IoLoop loop_{0};
    std::unique_ptr<LoopServer> server_;
    std::thread thread_;
    const TestDirectory directory_;
    std::unique_ptr<host::PluginHost> host_;
    std::shared_ptr<host::Generation> generation_;
    std::uint64_t snapshots_ = 0;
    std::uint16_t port_ = 0;
};

}  // namespace gatehouse::net::test

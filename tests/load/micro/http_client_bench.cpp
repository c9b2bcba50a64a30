// What it costs one service to ask another: call() and gh.http_client/1 in this process, and the client over HTTP on a
// Unix socket to a server that does nothing else. One request at a time. The plugin is
// tests/unit/gateway/extensions/fixtures/client.c; every handler answers with four octets.
#include <benchmark/benchmark.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "gateway/extensions/http_client.hpp"
#include "gateway/host/call.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace {

using namespace gatehouse;

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext";

class Silent final : public host::Telemetry {
public:
    int log_level() const override { return GH_LOG_ERROR; }
    void log(int, std::string_view, std::string_view, std::span<const Field>) override {}
    int define_metric(std::string_view, const gh_metric&) override { return 0; }
    void record(int, double, std::span<const std::string_view>) override {}
};

// Answers each piece of input with the same response, on one connection.
class Server final {
public:
    explicit Server(std::string path) : path_(std::move(path)), listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
        ::unlink(path_.c_str());
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) std::abort();
        ::listen(listener_, 8);
        thread_ = std::thread([this] { serve(); });
    }
    ~Server() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        ::unlink(path_.c_str());
    }

private:
    void serve() {
        const int client = ::accept(listener_, nullptr, nullptr);
        char buffer[4096];
        while (client >= 0 && ::read(client, buffer, sizeof(buffer)) > 0) {
            if (::write(client, kAnswer.data(), kAnswer.size()) < 0) break;
        }
        if (client >= 0) ::close(client);
    }
    std::string path_;
    int listener_;
    std::thread thread_;
};

struct World {
    World()
        : server((std::filesystem::temp_directory_path() / "gatehouse-bench.sock").string()),
          thread([this] { loop.run(); }),
          upstreams(loop, directory),
          remote(
              {&loop}, [this](std::string_view service) { return service == "far" ? far : nullptr; }, nullptr),
          client({&loop}, &remote) {
        config::Service service;
        service.name = "far";
        config::Endpoint endpoint;
        endpoint.kind = config::Endpoint::Kind::unix_socket;
        endpoint.host = (std::filesystem::temp_directory_path() / "gatehouse-bench.sock").string();
        service.at = {endpoint};
        far = std::make_shared<const upstream::Cluster>(service);
        on_loop([this] { upstreams.attach(*far); });
        host::PluginHost::Options options;
        options.runtime_directory = std::filesystem::temp_directory_path() / "gatehouse-client-bench";
        options.loops = {&loop};
        options.telemetry = &silent;
        options.remote = &remote;
        options.extensions = {&client};
        plugins = std::make_unique<host::PluginHost>(std::move(options));
        asking = start("asking");
        answering = start("answering");
    }
    ~World() {
        asking.reset();
        answering.reset();
        plugins.reset();
        on_loop([this] { upstreams.close_idle(); });
        on_loop([] {});
        loop.stop();
        thread.join();
    }
    template <class F>
    void on_loop(F work) {
        std::promise<void> done;
        loop.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::shared_ptr<host::Generation> start(const char* service) {
        auto made = plugins->load({service, std::filesystem::path(FIXTURE_DIRECTORY) / "client.so", "{}", 2, 8});
        if (made) made = plugins->start(*made);
        if (!made) throw std::runtime_error(made.error().message);
        return *made;
    }

    Silent silent;
    Server server;
    IoLoop loop{0};
    std::thread thread;
    upstream::Directory directory;
    upstream::Upstreams upstreams;
    std::shared_ptr<const upstream::Cluster> far;
    upstream::RemoteCalls remote;
    extensions::HttpClient client;
    std::unique_ptr<host::PluginHost> plugins;
    std::shared_ptr<host::Generation> asking, answering;
};

gh_str str(std::string_view text) { return {text.data(), text.size()}; }

void call(benchmark::State& state, std::string_view target) {
    World world;
    gh_call_request request{};
    request.size = sizeof(request);
    request.service = str("answering");
    request.method = str("GET");
    request.target = str(target);
    for (auto _ : state) {
        int code = 0;
        world.asking->table().caller().perform(
            "asking", request,
            [](void* context, gh_status, const gh_call_response* response, const gh_error*) {
                *static_cast<int*>(context) = response == nullptr ? 0 : response->code;
            },
            &code);
        if (code != 200) return state.SkipWithError("no answer");
    }
}

// One request after the other, each begun where the one before has ended: on the loop.
struct Chain {
    const gh_host* host;
    const gh_http_client* table;
    gh_client_request request{};
    std::int64_t left = 0;
    std::promise<bool> done{};

    void next() { table->fetch(host, nullptr, &request, &on_answer, this, nullptr); }
    static void on_answer(void* context, gh_status status, const gh_call_response* response, const gh_error*) {
        auto& self = *static_cast<Chain*>(context);
        const bool is_good = status == GH_OK && response->code == 200;
        if (!is_good || --self.left == 0) return self.done.set_value(is_good);
        self.next();
    }
};

void fetch(benchmark::State& state, std::string_view service, std::string_view target) {
    World world;
    constexpr std::int64_t kRound = 1000;
    for (auto _ : state) {
        Chain chain{&world.asking->table().table(), static_cast<const gh_http_client*>(world.client.table())};
        chain.request.size = sizeof(chain.request);
        chain.request.service = str(service);
        chain.request.method = str("GET");
        chain.request.target = str(target);
        chain.left = kRound;
        world.loop.post([&] { chain.next(); });
        if (!chain.done.get_future().get()) return state.SkipWithError("no answer");
    }
    state.SetItemsProcessed(state.iterations() * kRound);
}

BENCHMARK_CAPTURE(call, blocking_handler_on_the_callers_thread, "/text_from_worker")->UseRealTime();
BENCHMARK_CAPTURE(call, handler_on_a_loop, "/text")->UseRealTime();
BENCHMARK_CAPTURE(fetch, handler_on_a_loop, "answering", "/text")->UseRealTime();
BENCHMARK_CAPTURE(fetch, blocking_handler_on_a_worker, "answering", "/text_from_worker")->UseRealTime();
BENCHMARK_CAPTURE(fetch, http_on_a_unix_socket, "far", "/text")->UseRealTime();

}  // namespace

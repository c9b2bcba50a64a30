#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/host/request.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::host {

inline std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(FIXTURE_DIRECTORY) / (name + ".so");
}

class SilentTelemetry final : public Telemetry {
public:
    int log_level() const override { return GH_LOG_ERROR; }
    void log(int, std::string_view, std::string_view, std::span<const Field>) override {}
    int define_metric(std::string_view, const gh_metric&) override { return 0; }
    void record(int, double, std::span<const std::string_view>) override {}
};

// Two running loops and a plugin host over them.
class HostFixture : public ::testing::Test {
protected:
    static constexpr std::size_t kLoops = 2;

    HostFixture() {
        for (std::uint32_t i = 0; i < kLoops; ++i) {
            loops_.push_back(std::make_unique<IoLoop>(i));
            loop_pointers_.push_back(loops_.back().get());
            threads_.emplace_back([loop = loops_.back().get()] { loop->run(); });
            const std::string name = "gh-test-" + std::to_string(i);
            ::pthread_setname_np(threads_.back().native_handle(), name.c_str());
        }
        make_host(nullptr);
    }
    ~HostFixture() override {
        host_.reset();
        for (const auto& loop : loops_) loop->stop();
        for (std::thread& thread : threads_) thread.join();
    }

    void make_host(RemoteCaller* remote, PluginHost::Regressed regressed = {}, Duration start_timeout = 5s) {
        host_.reset();
        PluginHost::Options options;
        options.runtime_directory = directory_;
        options.loops = loop_pointers_;
        options.telemetry = &telemetry_;
        options.remote = remote;
        options.start_timeout = start_timeout;
        options.regressed = std::move(regressed);
        host_ = std::make_unique<PluginHost>(std::move(options));
    }

    static void run_on(IoLoop& loop, const std::function<void()>& work) {
        std::promise<void> done;
        loop.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::shared_ptr<Generation> start(const std::string& name, const std::string& service, std::string config = "{}") {
        auto loaded = host_->load({service, fixture(name), std::move(config), 2, 8});
        if (!loaded) {
            ADD_FAILURE() << loaded.error().message;
            return nullptr;
        }
        auto started = host_->start(*loaded);
        if (!started) {
            ADD_FAILURE() << started.error().message;
            return nullptr;
        }
        return *started;
    }

    const TestDirectory temporary_;
    std::filesystem::path directory_ = temporary_.path();
    SilentTelemetry telemetry_;
    std::vector<std::unique_ptr<IoLoop>> loops_;
    std::vector<IoLoop*> loop_pointers_;
    std::vector<std::thread> threads_;
    std::unique_ptr<PluginHost> host_;
};

// The answer to one request, or how it ended.
struct Outcome {
    Dispatch dispatch = Dispatch::started;
    int code = 0;  // 0 = aborted
    std::string body;
};

// Carries one request from a test into a plugin, as a session would: sent from the loop, ended there.
class TestCarrier final : public gh_request {
public:
    TestCarrier(IoLoop& loop, std::shared_ptr<Generation> generation, std::string method, std::string path,
                std::string body = {})
        : loop_(loop),
          generation_(std::move(generation)),
          method_(std::move(method)),
          path_(std::move(path)),
          body_(std::move(body)) {}

    void set_request_id(std::string id) {
        request_id_ = std::move(id);
        view_.request_id = {request_id_.data(), request_id_.size()};
    }
    void set_place(const Generation::Place* place) { place_ = place; }
    void set_stream() { is_stream_ = true; }
    void set_told_status(int status) { told_status_ = status; }
    void set_took(Duration took) { took_ = took; }
    void set_deadline(TimePoint deadline) { view_.deadline_ns = to_nanoseconds(deadline); }

    std::future<Outcome> send() {
        auto future = outcome_.get_future();
        loop_.post([this] { dispatch(); });
        return future;
    }

    void cancel() {
        loop_.post([this] {
            if (cancel_ != nullptr) std::exchange(cancel_, nullptr)(context_, GH_E_CANCELED, nullptr);
        });
    }

    gh_status reply(const gh_response& response) noexcept override {
        std::string text(reinterpret_cast<const char*>(response.body.ptr), response.body.len);
        if (response.body.release != nullptr) response.body.release(response.body.owner);
        end({Dispatch::started, response.code, std::move(text)});
        return GH_OK;
    }
    gh_status start(const gh_response&) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status write(gh_bytes, gh_done, void*) noexcept override { return GH_E_UNSUPPORTED; }
    gh_status finish(const gh_kv*, std::size_t) noexcept override { return GH_E_UNSUPPORTED; }
    void abort(const gh_error*) noexcept override { end({}); }
    gh_status read(gh_bytes*, gh_read_done, void*) noexcept override { return GH_END; }
    gh_status on_cancel(gh_done done, void* context) noexcept override {
        cancel_ = done;
        context_ = context;
        return GH_OK;
    }
    IoLoop* loop() noexcept override { return &loop_; }
    bool is_stream() const noexcept override { return is_stream_; }
    void on_drain_deadline() noexcept override {
        if (cancel_ != nullptr) std::exchange(cancel_, nullptr)(context_, GH_E_CANCELED, nullptr);
    }

private:
    void dispatch() {
        if (generation_->routes().find(method_, path_, route_, captures_) != PluginMatch::found) {
            return outcome_.set_value({Dispatch::started, 404, {}});
        }
        view_.size = sizeof(view_);
        view_.method = {method_.data(), method_.size()};
        view_.path = {path_.data(), path_.size()};
        view_.params = captures_.data();
        view_.n_params = captures_.size();
        view_.body = {body_.data(), body_.size()};
        const Dispatch result = generation_->dispatch(loop_, *route_, *this, view_, place_);
        if (result != Dispatch::started) outcome_.set_value({result, 0, {}});
    }
    void end(Outcome outcome) {
        loop_.post([this, outcome = std::move(outcome)] {
            generation_->ended(loop_, *route_, *this, told_status_, took_);
            outcome_.set_value(outcome);
        });
    }

    IoLoop& loop_;
    std::shared_ptr<Generation> generation_;
    std::string method_, path_, body_, request_id_;
    const PluginRoute* route_ = nullptr;
    Captures captures_;
    gh_request_view view_{};
    const Generation::Place* place_ = nullptr;
    bool is_stream_ = false;
    int told_status_ = 0;
    Duration took_{};
    gh_done cancel_ = nullptr;
    void* context_ = nullptr;
    std::promise<Outcome> outcome_;
};

}  // namespace gatehouse::host

// What a host must survive, once: control_NAME drain | fence | count. Ends with status 0 if it did.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "gateway/host/breadcrumb.hpp"
#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

class Control final : public HostFixture {
public:
    void TestBody() override {}

    // A plugin is ended while a request of it is in flight that ends only when it is told to: its code has to stay.
    int drain() {
        const auto probe = start("probe", "probe");
        TestCarrier carrier(*loops_[1], probe, "GET", "/never");
        auto outcome = carrier.send();
        while (probe->in_flight() == 0) std::this_thread::yield();
        host_->stop_all(Clock::now());
        carrier.cancel();
        if (outcome.wait_for(kPatience) != std::future_status::ready) return 1;
        const State state = probe->state();
        return outcome.get().code == 0 && (state == State::pinned || state == State::unmapped) ? 0 : 1;
    }

    // A plugin is ended while a loop is about to call it.
    int fence() {
        const auto probe = start("probe", "probe");
        TestCarrier carrier(*loops_[1], probe, "GET", "/inline");
        auto outcome = carrier.send();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));  // it is lingering by now
        host_->stop_all(Clock::now() + kPatience);
        if (outcome.wait_for(kPatience) != std::future_status::ready) return 1;
        const Outcome got = outcome.get();
        const bool is_answered = got.body == "inline" || got.dispatch == Dispatch::draining;
        return is_answered && probe->state() == State::unmapped ? 0 : 1;
    }

    // A plugin is ended while one of its timers' callbacks runs.
    int count() {
        const auto trouble = start("trouble", "trouble");
        std::promise<const Trail*> found;
        loops_[1]->post([&] { found.set_value(&Trail::here()); });
        const Trail& trail = *found.get_future().get();
        std::array<int, 2> pipe{};
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return 1;
        TestCarrier carrier(*loops_[1], trouble, "GET", "/hang-after/" + std::to_string(pipe[0]));
        if (carrier.send().get().body != "soon") return 1;
        for (Trail::Seen seen; !trail.read(0, seen) || seen.activity != Activity::timer;) std::this_thread::yield();
        std::thread ending([&] { host_->stop_all(Clock::now() + kPatience); });
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        if (::write(pipe[1], "x", 1) != 1) return 1;
        ending.join();
        return trouble->state() == State::unmapped ? 0 : 1;
    }
};

}  // namespace
}  // namespace gatehouse::host

int main(int argc, char** argv) {
    const std::string_view what = argc == 2 ? argv[1] : "";
    gatehouse::host::Control control;
    if (what == "drain") return control.drain();
    if (what == "fence") return control.fence();
    if (what == "count") return control.count();
    std::fputs("usage: control_NAME drain|fence|count\n", stderr);
    return 2;
}

// Rules about a plugin's end, and about what is left of it.
#include <algorithm>

#include "gateway/abi_test/inputs.hpp"
#include "gateway/abi_test/rules.hpp"
#include "gateway/abi_test/snapshot.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr auto kThreadEnd = 2s;  // a joined thread is listed a little longer
constexpr auto kLateCalls = 50ms;
constexpr std::size_t kHeapPerRoundMax = 32, kHeapFloor = 40 * 1024;
// What a running service with threads and a database has in use varies by this much from one moment to the next.
constexpr std::size_t kRunningHeapFloor = 128 * 1024;
constexpr std::size_t kResidentPerRoundMax = 4096, kResidentFloor = 4 * 1024 * 1024;
constexpr std::size_t kMappingsMax = 32, kHandlesMax = 2;
constexpr int kGrowingAttempts = 3;

void live_once(Bench& bench, const gh_plugin& plugin) {
    const auto instance = bench.started(plugin, {});
    bench.exercise(*instance);
    instance->shut_down();
}

// What grew beyond all measure, or empty.
std::string growth(const Consumption& before, const Consumption& now, std::size_t rounds, std::size_t heap_floor) {
    const auto grew = [](std::size_t from, std::size_t to) { return to > from ? to - from : 0; };
    const std::size_t heap = grew(before.heap_bytes, now.heap_bytes);
    const std::size_t resident = grew(before.resident_bytes, now.resident_bytes);
    if (grew(before.descriptors, now.descriptors) > kHandlesMax) return "descriptors are left";
    if (grew(before.threads, now.threads) > kHandlesMax) return "threads are left";
    if (grew(before.mappings, now.mappings) > kMappingsMax) return "mappings are left";
    if (heap > std::max(heap_floor, kHeapPerRoundMax * rounds)) return "leaks " + std::to_string(heap) + " octets";
    if (resident > std::max(kResidentFloor, kResidentPerRoundMax * rounds)) {
        return "resident memory grows by " + std::to_string(resident / 1024) + " KiB";
    }
    return {};
}

// A cache that fills up grows once; a leak grows every time.
void repeat(Bench& bench, const char* what, int rounds, std::size_t heap_floor, const std::function<void()>& round) {
    for (int i = 0; i < std::max(10, rounds / 10); ++i) round();
    std::string why;
    for (int attempt = 0; attempt < kGrowingAttempts; ++attempt) {
        const Consumption before = Consumption::now();
        for (int i = 0; i < rounds; ++i) round();
        why = growth(before, Consumption::now(), static_cast<std::size_t>(rounds), heap_floor);
        if (why.empty()) return;
    }
    bench.find(why + " in " + std::to_string(rounds) + " rounds of " + what);
}

}  // namespace

void check_drain(Bench& bench) {
    for (const auto grace : {std::chrono::milliseconds(0), std::chrono::milliseconds(200)}) {
        const auto instance = bench.started();
        for (const Route& route : instance->routes()) {
            Input input = ordinary_input(route);
            input.is_cut = route.streams_in();
            instance->send(route, input);
        }
        instance->drain(grace);
        instance->stop();
        instance->destroy();
    }
}

void check_leftovers(Bench& bench) {
    const auto first = bench.load();  // libraries that it brings along stay, with what they keep
    live_once(bench, first->plugin());
    const Possessions before = Possessions::now();
    const auto library = bench.load();
    const auto instance = bench.started(library->plugin(), {});
    bench.exercise(*instance);
    instance->shut_down();
    std::string more;
    const auto nothing_more = [&] { return (more = Possessions::now().more_than(before)).empty(); };
    if (!bench.world().wait_until(kThreadEnd, nothing_more)) bench.find("after destroy() " + more);
    bench.world().wait_until(kLateCalls, [] { return false; });
}

void check_process(Bench& bench) {
    const ProcessState before = ProcessState::now();
    const std::string mask = thread_state();
    const auto instance = bench.started();
    const auto compare_threads = [&] {
        if (thread_state() != mask) bench.find("changes the signal mask or rounding of the host's threads");
    };
    bench.exercise(*instance, 2);
    bench.world().on_every_thread(compare_threads);
    if (const std::string changed = ProcessState::now().difference(before); !changed.empty()) bench.find(changed);
    instance->shut_down();
    bench.world().on_every_thread(compare_threads);
    if (const std::string changed = ProcessState::now().difference(before); !changed.empty()) bench.find(changed);
}

void check_repeat(Bench& bench) {
    repeat(bench, "create() and destroy()", bench.iterations(), kHeapFloor, [&] { bench.created()->destroy(); });
    repeat(bench, "create(), start(), requests, stop() and destroy()", std::max(20, bench.iterations() / 20),
           kRunningHeapFloor, [&] { live_once(bench, bench.plugin()); });
}

void check_generations(Bench& bench) {
    auto old_library = bench.load();
    auto old_generation = bench.started(old_library->plugin(), {});
    bench.exercise(*old_generation);
    for (int reload = 0; reload < 3; ++reload) {
        auto library = bench.load();
        if (&library->plugin() == &old_library->plugin()) bench.find("two copies share one table");
        auto generation = bench.started(library->plugin(), {});
        bench.exercise(*generation);
        bench.burst(*old_generation, 16);
        bench.exercise(*generation);
        old_generation->shut_down();
        bench.exercise(*generation);
        old_generation = std::move(generation);
        if (!old_library->unload() && reload == 0) old_library.release();  // rule unload
        old_library = std::move(library);
        bench.exercise(*old_generation);
    }
    old_generation->shut_down();
}

void check_unload(Bench& bench) {
    for (int round = 0; round < 3; ++round) {
        const auto library = bench.load();
        live_once(bench, library->plugin());
        bench.world().on_every_thread([] {});  // no return address inside it is left on any stack
        if (!library->unload())
            return bench.find("stays in memory after dlclose(): a thread-local object or a unique symbol pins it");
    }
}

}  // namespace gatehouse::abi_test

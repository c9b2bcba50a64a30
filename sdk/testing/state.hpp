// What stands behind TestHost: the tables that the plugin sees, one fake loop, one fake clock, and the record of rules
// that the plugin broke.
//
// One loop: a queue of tasks. Any thread in send() or advance() runs what is queued; loop tasks and handlers of on_loop
// routes hold loop_mutex, so that they never overlap and loop_here() can tell who is on the loop.
#pragma once

#include <gatehouse/ext/call.h>
#include <gatehouse/ext/clock.h>
#include <gatehouse/ext/events.h>
#include <gatehouse/ext/http_client.h>
#include <gatehouse/ext/trace.h>
#include <gatehouse/testing.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "sdk/testing/kv_table.hpp"
#include "sdk/testing/lease_table.hpp"

struct gh_loop {
    gatehouse::testing::TestHost::State* state;
};

namespace gatehouse::testing {

struct RouteRow {
    std::uint32_t flags;
    std::string method, pattern;
    std::vector<std::string> roles;
    std::uint64_t max_body;
    void (*handle)(void*, gh_request*, const gh_request_view*);
    void* self;
};

struct Task {
    bool on_loop;
    std::function<void()> run;
};

struct Timer {
    std::uint64_t id, due_ns;
    gh_done done;
    void* context;
};

struct DeclaredMetric {
    std::string name;
    std::int32_t kind;
    std::size_t labels;
};

class ClientExchange;

struct Subscription {
    std::string type;
    gh_event_handler handler;
    void* context;
};

struct TestHost::State {
    explicit State(const gh_plugin* its_plugin);

    // ---- what the plugin sees
    gh_host host{};
    gh_http http{};
    gh_call call{};
    gh_clock clock{};
    gh_kv_store kv_store{};
    gh_lease lease{};
    gh_events events{};
    gh_http_client http_client{};
    gh_trace trace{};
    gh_loop loop;
    const gh_plugin* plugin;
    void* self = nullptr;

    // ---- lifecycle
    bool is_creating = false, is_draining = false;
    std::string failure;           // what fail() was told
    std::vector<RouteRow> routes;  // constant after create()

    std::vector<Subscription> subscriptions;  // constant after create()

    // ---- shared by threads
    std::mutex mutex;
    std::condition_variable changed;  // a task was queued, a request was ended
    std::deque<Task> tasks;
    std::list<Timer> timers;
    std::set<std::uint64_t> holds;
    std::uint64_t next_id = 1;
    std::vector<LogLine> logs;
    std::vector<DeclaredMetric> metrics;
    std::map<std::pair<std::string, std::vector<std::string>>, double> samples;
    std::vector<std::string> violations;
    std::map<std::string, std::function<Answer(const PeerRequest&)>, std::less<>> peers;
    std::vector<PublishedEvent> published;
    std::function<gh_status(const PublishedEvent&)> bus;  // empty: takes everything
    std::uint64_t delivered = 0;
    std::set<std::string, std::less<>> silent_peers;
    std::map<std::uint64_t, std::shared_ptr<ClientExchange>> exchanges;  // of the HTTP client, by operation
    std::size_t responses_out = 0;                                       // not closed yet
    std::vector<EndedSpan> spans;
    std::size_t spans_open = 0;
    std::list<gh_request> requests;  // kept to the end, so that a late use of a handle is seen
    std::size_t chunks_out = 0;      // gh_bytes handed to the plugin and not yet released
    std::atomic<std::uint64_t> now_ns{1'000'000'000};
    std::atomic<std::int64_t> wall_offset_ms{0};
    TestKv kv;
    TestLeases leases;

    std::mutex loop_mutex;
    std::atomic<std::thread::id> loop_thread{};

    void violate(std::string rule);
    [[nodiscard]] bool is_on_loop() const { return loop_thread.load() == std::this_thread::get_id(); }
    void run_on_loop(const std::function<void()>& work);
    void queue(bool on_loop, std::function<void()> run);
    bool run_one();                                // false: nothing was queued
    bool fire_next_timer(std::uint64_t until_ns);  // moves the clock to it; false: none is due by then
    void cancel_timers();
    // Runs tasks, and timers when nothing else is left, until done(); false: it did not come true in time.
    bool pump_until(const std::function<bool()>& done);
    // Runs one asynchronous hook of the plugin to its end.
    gh_status run_hook(const char* name, const std::function<gh_status(gh_done, void*)>& begin);
};

using State = TestHost::State;

void fill_host_table(TestHost::State& state);
void fill_http_table(gh_http& table);
void fill_call_table(gh_call& table);
void fill_events_table(gh_events& table);
void set_identity(PeerRequest& request, const gh_identity* identity);
void fill_http_client_table(gh_http_client& table);
void fill_trace_table(gh_trace& table);
// Ends every exchange of the HTTP client that is under way, as at the drain deadline.
void cancel_exchanges(TestHost::State& state);

[[nodiscard]] inline TestHost::State& state_of(const gh_host* host) {
    return *static_cast<TestHost::State*>(host->impl);
}
[[nodiscard]] inline std::string to_string(gh_str text) {
    return text.len == 0 ? std::string() : std::string(text.ptr, text.len);
}
// What the host refuses in a request to another service, folded as the gateway folds it.
[[nodiscard]] bool is_reserved_field(std::string_view name);
[[nodiscard]] inline gh_str to_str(std::string_view text) { return {text.data(), text.size()}; }

// R3: true unless a tail that this host does not know is non-zero, or the struct is smaller than in ABI 1.0.
template <class Struct>
[[nodiscard]] bool is_known_struct(const Struct* value) {
    if (value == nullptr || value->size < sizeof(Struct)) return false;
    const auto* bytes = reinterpret_cast<const unsigned char*>(value);
    for (std::size_t i = sizeof(Struct); i < value->size; ++i) {
        if (bytes[i] != 0) return false;
    }
    return true;
}

}  // namespace gatehouse::testing

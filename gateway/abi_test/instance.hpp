#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/ext/events.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "gateway/abi_test/manner.hpp"
#include "gateway/abi_test/world.hpp"

namespace gatehouse::abi_test {

class Request;
struct Input;

struct Route {
    std::uint32_t flags = 0;
    std::string method, pattern;
    std::vector<std::string> roles;
    std::uint64_t max_body = 0;
    void (*handle)(void*, gh_request*, const gh_request_view*) = nullptr;
    void* self = nullptr;

    bool is_blocking() const { return (flags & GH_ROUTE_BLOCKING) != 0; }
    bool is_internal() const { return (flags & GH_ROUTE_INTERNAL) != 0; }
    bool streams_in() const { return (flags & GH_ROUTE_STREAM_IN) != 0; }
    bool allows_anonymous() const { return (flags & GH_ROUTE_AUTH_OPTIONAL) != 0; }
    std::string name() const { return method + ' ' + pattern; }
};

// A body that the plugin handed over and the host has not released yet.
struct HeldBody {
    gh_bytes bytes;
    std::size_t hash;
    std::string label;
};

// One created plugin and everything that the hostile host keeps for it: the tables that it sees, its routes, what is
// pending, what it was lent. Members without a mark are called by the thread that runs the rule.
class Instance final {
public:
    Instance(World& world, const gh_plugin& plugin, const Manner& manner);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    // Each runs the plugin's function on a thread of its own and waits for the answer. False = it said no.
    bool create(const std::string& config_json);
    bool start();
    bool health();
    // Tells it to drain, sees it let go of everything, then stops it; what is left over is found.
    void drain(std::chrono::milliseconds grace = 1s);
    void stop();
    void destroy();
    void shut_down();  // all of what remains
    const std::string& failure() const { return failure_; }

    const std::vector<Route>& routes() const { return routes_; }
    // Sends a request on its way; it belongs to this instance and stays valid.
    Request& send(const Route& route, const Input& input);
    // Waits for its end and for the host to be quiet. False: it was not ended in time.
    bool wait_for(Request& request);

    // Every operation that is pending, and each one that begins later, ends with GH_E_CANCELED.
    void cancel_all();
    void reset_counts() { awaits_ = calls_ = 0; }
    int awaits() const { return awaits_; }
    int calls() const { return calls_; }
    int registrations() const { return registrations_; }
    Manner& manner() { return manner_; }
    World& world() { return world_; }
    Findings& findings() { return world_.findings(); }
    const gh_plugin& plugin() const { return plugin_; }
    void* self() const { return self_; }
    bool is_started() const { return is_started_; }
    // Requests that were ended are forgotten, so that a run of thousands does not grow.
    void forget_requests();

    // ---- for the tables                                                                                     [any]
    static Instance& of(const gh_host* host) { return *static_cast<Instance*>(host->impl); }
    void violate(const char* rule, const std::string& text) { world_.findings().add(rule, text); }
    // Runs code of the plugin: no exception may come out, and on a loop it must be brief.
    void enter(const std::string& what, const std::function<void()>& work);
    // Counts a call into the host that may fail; true if this one has to.
    bool count_call();
    // Counts a wait; true if this one ends with GH_E_CANCELED.
    bool count_await();
    // Bracket whatever will call the plugin back.
    void begin_operation() { pending_.fetch_add(1); }
    void end_operation();
    std::size_t pending() const { return pending_; }
    // Calls done on that loop, later. Begins and ends the operation.
    void complete(Thread& loop, const std::string& what, gh_done done, void* context, gh_status status);
    void call_done(const std::string& what, gh_done done, void* context, gh_status status);
    void take_body(const gh_bytes& bytes, const std::string& label);
    bool is_alive() const { return phase_ != Phase::destroyed; }

    std::atomic<std::size_t> chunks_out{0};  // gh_bytes lent to the plugin and not released yet
    std::atomic<std::size_t> inside{0};      // threads inside handlers

private:
    friend struct HostFunctions;
    friend struct ExtensionFunctions;
    enum class Phase : std::uint8_t { made, creating, created, destroyed };
    struct Timer {
        Thread* loop;
        gh_done done;
        void* context;
    };
    bool hook(const char* name, gh_status (*begin)(const gh_plugin&, void*, gh_done, void*, std::uint64_t),
              std::uint64_t argument, bool on_loop);
    void release_bodies(bool also_static);
    bool is_idle() const;
    void fire(std::uint64_t id, gh_status status);
    gh_status sleep(gh_loop* loop, std::uint64_t ns, gh_done done, void* context, gh_op* op);
    void cancel(gh_op op);
    Thread* loop_of(gh_loop* loop) const;

    World& world_;
    const gh_plugin& plugin_;
    Manner manner_;
    gh_host* host_ = nullptr;  // in guarded memory, cut or grown
    gh_http* http_ = nullptr;
    std::vector<void*> tables_;
    void* self_ = nullptr;
    std::atomic<Phase> phase_{Phase::made};
    bool is_started_ = false;
    std::string failure_;
    std::vector<Route> routes_;
    std::vector<std::size_t> metric_labels_;
    std::vector<std::int32_t> metric_kinds_;
    int registrations_ = 0;

    std::atomic<std::size_t> pending_{0};
    std::atomic<int> awaits_{0}, calls_{0};
    std::atomic<bool> canceled_{false};
    std::mutex mutex_;
    std::map<std::uint64_t, Timer> timers_;
    std::set<std::uint64_t> holds_;
    std::uint64_t next_id_ = 0x1000;
    std::vector<std::unique_ptr<Request>> requests_;
    std::vector<HeldBody> bodies_, static_bodies_;
    std::size_t sent_ = 0;
    std::map<std::string, std::pair<gh_event_handler, void*>> subscriptions_;
};

// What the plugin is given by Instance.
void fill(gh_host& table, Instance& instance);
const gh_http& http_functions();
const void* host_extension(Instance& instance, std::string_view id);
bool is_offered(std::string_view id);

// A copy of a table in guarded memory, of that size; with garbage behind what this host knows, if so asked.
void* lend_table(Instance& instance, const void* table, std::size_t known, std::size_t size, const char* what);

}  // namespace gatehouse::abi_test

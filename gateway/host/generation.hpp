#pragma once

#include <gatehouse/abi.h>

#include <array>
#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/crash_report.hpp"
#include "gateway/host/elf_lint.hpp"
#include "gateway/host/latencies.hpp"
#include "gateway/host/plugin_route.hpp"
#include "gateway/host/request.hpp"
#include "gateway/host/stall_breaker.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::host {

class HostTable;
class Library;
class WorkerPool;

// What may happen to a loaded plugin, in order; `failed` from any of the first four.
enum class State : std::uint8_t {
    loaded,
    created,
    started,
    canary,    // probes and a share of the requests go to it, nothing else
    active,    // requests go to it
    warm,      // another one has taken over; serves what was routed to it before, and could take over again
    draining,  // begins nothing new
    stopped,
    destroyed,
    unmapped,
    pinned,
    failed
};
std::string_view to_string(State state);
inline bool accepts(State state) { return state >= State::canary && state <= State::warm; }

enum class Dispatch : std::uint8_t { started, queue_full, too_many_in_flight, draining, stalled };

// One loaded copy of one plugin file under one service name: (service, number, build id). Requests hold a generation
// through the snapshot that routed them; the next generation of the same service may already run beside this one.
class Generation final {
public:
    Generation(std::string service, std::uint32_t number, std::unique_ptr<Library> library,
               std::unique_ptr<HostTable> table, std::unique_ptr<WorkerPool> workers, std::size_t loops);
    ~Generation();
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;

    const std::string& service() const { return service_; }
    std::uint32_t number() const { return number_; }
    const PluginFile& file() const { return file_; }
    const std::string& openapi() const { return openapi_; }  // JSON text; empty if it offers none
    State state() const { return state_.load(std::memory_order_relaxed); }
    bool accepts_requests() const { return accepts(state()); }
    const PluginRouteTable& routes() const;
    bool is_created() const {
        return is_created_.load(std::memory_order_acquire);
    }  // else routes() may be changing  [any]

    // Kept for a request from its routing on, while its body arrives: until it is let go of, the generation does not
    // end. False if the generation ends already; the request belongs to its successor then.                   [loop]
    class Place final {
    public:
        Place(Generation& generation, IoLoop& loop);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        explicit operator bool() const { return cell_ != nullptr; }

    private:
        void* cell_ = nullptr;
    };

    // Hands the request to the route's handler: on this loop for on-loop routes (the answer may be there on return), on
    // the plugin's own workers otherwise. Enforces max_in_flight. With any result but `started` nothing was called.
    // After `started` the carrier calls ended() exactly once, on the same loop, when the request was ended. REQUIRES:
    // body complete, or the route streams it in. With a place it is taken although the generation drains, up to the
    // drain deadline. status: what the client was told; 0 = not known.                              [loop]
    Dispatch dispatch(IoLoop& loop, const PluginRoute& route, gh_request& request, const gh_request_view& view,
                      const Place* place = nullptr);
    // took: from the request's arrival to the end of its answer; zero = not to be compared with others.
    //
    // When the client was told something in the plugin's place, since it is late or takes no more: told() at once, and
    // no status for ended(). What is told by a plugin that hangs counts like what it tells itself.
    void told(IoLoop& loop, int status, Duration took = {});
    void ended(IoLoop& loop, const PluginRoute& route, gh_request& request, int status = 0, Duration took = {});

    // Runs a blocking handler on the calling thread, for calls between services in one process. The request may be over
    // before the handler has returned: is_entered() tells until then.                                      [worker]
    Dispatch dispatch_here(const PluginRoute& route, gh_request& request, const gh_request_view& view);
    void ended_here(const PluginRoute& route);

    // For code of the plugin that runs on a thread of somebody else's (an event's delivery): held around it. False if
    // the generation takes no more: then nothing of it may be called.                                             [any]
    class Visit final {
    public:
        explicit Visit(Generation& generation);  // leaves a breadcrumb
        ~Visit() { visitors_.fetch_sub(1); }
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;
        explicit operator bool() const { return is_welcome_; }

    private:
        Breadcrumb here_;
        std::atomic<std::size_t>& visitors_;
        bool is_welcome_;
    };

    HostTable& table() { return *table_; }
    // Whether it has blocked a loop.  [any]
    StallBreaker& breaker() { return breaker_; }

    // Whether a thread that is not of its own pool is inside one of its blocking handlers.  [any]
    bool is_entered() const { return visitors_.load() != 0; }

    // Requests begun and not ended, over all threads; approximate while traffic flows.  [any]
    std::size_t in_flight() const;
    std::size_t places() const;  // requests whose body is still arriving
    // What keeps it from ending, by kind; approximate likewise.  [any]
    struct InFlight {
        std::size_t requests = 0, bodies = 0, operations = 0, holds = 0, lent_bytes = 0;
    };
    InFlight counts() const;
    // Tells requests in flight that the drain deadline has passed; streams too or not.                       [any]
    void cancel_requests(const std::vector<IoLoop*>& loops, bool streams_too);
    bool has_streams(const std::vector<IoLoop*>& loops);  // blocks while the loops look  [lifecycle]

    // What keeps it from ending, in words.  [any]
    std::vector<std::string> holding() const;
    const std::filesystem::path& copy() const { return copy_; }  // its own copy of the file

    // How it does, for the decision to go back to the one before.  [any]
    struct Score {
        std::uint64_t answers = 0, failures = 0;  // failures: status 5xx
        Latencies latencies;                      // while is_timed()
    };
    Score score() const;
    // Whether somebody wants to know how long its answers take.
    bool is_timed() const { return is_timed_.load(std::memory_order_relaxed); }
    void set_timed(bool is_timed) { is_timed_.store(is_timed, std::memory_order_relaxed); }
    TimePoint since() const { return TimePoint(Duration(since_.load(std::memory_order_relaxed))); }  // of this state
    std::size_t queued() const;
    std::size_t worker_count() const;

private:
    friend class Lifecycle;
    friend class PluginHost;
    struct alignas(64) Cell {
        std::atomic<std::uint64_t> begun{0};  // written by its loop only
        std::atomic<std::uint64_t> ended{0};
        std::atomic<std::uint64_t> places{0};
        std::atomic<std::uint64_t> answers{0};
        std::atomic<std::uint64_t> failures{0};
        std::array<std::atomic<std::uint32_t>, Latencies::kBuckets> latencies{};
        boost::intrusive::list<gh_request, boost::intrusive::base_hook<InFlightHook>,
                               boost::intrusive::constant_time_size<false>>
            requests;  // touched by its loop only
    };
    void enter_state(State state);
    static void cancel_cell(Cell& cell, bool streams_too);
    bool enter(Cell& cell, const PluginRoute& route);
    void leave(Cell& cell, const PluginRoute& route);

    std::string service_;
    std::uint32_t number_;
    PluginFile file_;
    std::filesystem::path copy_;
    std::unique_ptr<Library> library_;  // unmapped last
    std::unique_ptr<WorkerPool> workers_;
    std::unique_ptr<HostTable> table_;
    PluginMapping mapping_;
    StallBreaker breaker_;
    std::vector<Cell> cells_;                                        // one per loop, the last for worker threads
    std::unique_ptr<std::atomic<std::uint32_t>[]> route_in_flight_;  // only touched for routes with max_in_flight
    std::atomic<std::size_t> visitors_{0};                           // threads inside dispatch_here()
    void* self_ = nullptr;  // of the plugin; null before create() and after destroy()
    bool was_started_ = false;
    std::vector<std::string> probes_;  // of its PluginSpec
    bool is_successor_ = false;        // of its PluginSpec
    std::atomic<bool> is_timed_{false};
    std::atomic<bool> is_created_{false};  // its routes do not change any more
    std::atomic<bool> is_stuck_{false};    // a step of its lifecycle never ended
    std::atomic<bool> is_closed_{false};   // the drain deadline has passed
    std::string openapi_;
    std::atomic<State> state_{State::loaded};
    std::atomic<Duration::rep> since_{0};
};

}  // namespace gatehouse::host

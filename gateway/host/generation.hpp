#pragma once

#include <gatehouse/abi.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/host/elf_lint.hpp"
#include "gateway/host/plugin_route.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::host {

class HostTable;
class Library;
class WorkerPool;

// What may happen to a loaded plugin, in order; `failed` from any of the first five.
enum class State : std::uint8_t {
    loaded,
    created,
    started,
    active,
    draining,
    stopped,
    destroyed,
    unmapped,
    pinned,
    failed
};
std::string_view to_string(State state);

enum class Dispatch : std::uint8_t { started, queue_full, too_many_in_flight, draining };

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
    const PluginRouteTable& routes() const;

    // Hands the request to the route's handler: on this loop for on-loop routes (the answer may be there on return), on
    // the plugin's own workers otherwise. Enforces max_in_flight. With any result but `started` nothing was called.
    // After `started` the carrier calls ended() exactly once, on the same loop, when the request was ended. REQUIRES:
    // body complete, or the route streams it in.                                                    [loop]
    Dispatch dispatch(IoLoop& loop, const PluginRoute& route, gh_request& request, const gh_request_view& view);
    void ended(IoLoop& loop, const PluginRoute& route);

    // Runs a blocking handler on the calling thread, for calls between services in one process. The request may be over
    // before the handler has returned: is_entered() tells until then.                                      [worker]
    Dispatch dispatch_here(const PluginRoute& route, gh_request& request, const gh_request_view& view);
    void ended_here(const PluginRoute& route);

    // For code of the plugin that runs on a thread of somebody else's (an event's delivery): held around it. False if
    // the generation takes no more: then nothing of it may be called.                                             [any]
    class Visit final {
    public:
        explicit Visit(Generation& generation);
        ~Visit() { visitors_.fetch_sub(1); }
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;
        explicit operator bool() const { return is_welcome_; }

    private:
        std::atomic<std::size_t>& visitors_;
        bool is_welcome_;
    };

    HostTable& table() { return *table_; }

    // Whether a thread that is not of its own pool is inside one of its blocking handlers.  [any]
    bool is_entered() const { return visitors_.load() != 0; }

    // Requests begun and not ended, over all threads; approximate while traffic flows.  [any]
    std::size_t in_flight() const;
    std::size_t queued() const;
    std::size_t worker_count() const;

private:
    friend class Lifecycle;
    struct alignas(64) Cell {
        std::atomic<std::uint64_t> begun{0};  // written by its loop only
        std::atomic<std::uint64_t> ended{0};
    };
    bool enter(Cell& cell, const PluginRoute& route);
    void leave(Cell& cell, const PluginRoute& route);

    std::string service_;
    std::uint32_t number_;
    PluginFile file_;
    std::unique_ptr<Library> library_;  // unmapped last
    std::unique_ptr<WorkerPool> workers_;
    std::unique_ptr<HostTable> table_;
    std::vector<Cell> cells_;                                        // one per loop, the last for worker threads
    std::unique_ptr<std::atomic<std::uint32_t>[]> route_in_flight_;  // only touched for routes with max_in_flight
    std::atomic<std::size_t> visitors_{0};                           // threads inside dispatch_here()
    void* self_ = nullptr;  // of the plugin; null before create() and after destroy()
    bool was_started_ = false;
    std::string openapi_;
    std::atomic<State> state_{State::loaded};
};

}  // namespace gatehouse::host

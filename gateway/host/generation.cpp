#include "gateway/host/generation.hpp"

#include "gateway/base/io_loop.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/request.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

// A request whose deadline has passed in the queue was answered already: work on it would be for nobody.
void run_handler(void* route, void* request, void* view) {
    const auto* const target = static_cast<const PluginRoute*>(route);
    const auto* const shown = static_cast<const gh_request_view*>(view);
    if (shown->deadline_ns != 0 && shown->deadline_ns <= to_nanoseconds(Clock::now())) {
        const gh_error late{sizeof(gh_error), GH_E_TIMEOUT, {}, {}};
        static_cast<gh_request*>(request)->abort(&late);
        return;
    }
    target->handle(target->self, static_cast<gh_request*>(request), shown);
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::loaded: return "loaded";
        case State::created: return "created";
        case State::started: return "started";
        case State::active: return "active";
        case State::draining: return "draining";
        case State::stopped: return "stopped";
        case State::destroyed: return "destroyed";
        case State::unmapped: return "unmapped";
        case State::pinned: return "pinned";
        case State::failed: return "failed";
    }
    return "";
}

Generation::Generation(std::string service, std::uint32_t number, std::unique_ptr<Library> library,
                       std::unique_ptr<HostTable> table, std::unique_ptr<WorkerPool> workers, std::size_t loops)
    : service_(std::move(service)),
      number_(number),
      file_(library->file()),
      library_(std::move(library)),
      workers_(std::move(workers)),
      table_(std::move(table)),
      cells_(loops + 1) {
    table_->belong_to(*this);
}

Generation::~Generation() = default;

const PluginRouteTable& Generation::routes() const { return table_->routes(); }

Dispatch Generation::dispatch(IoLoop& loop, const PluginRoute& route, gh_request& request,
                              const gh_request_view& view) {
    if (state_.load(std::memory_order_relaxed) != State::active) return Dispatch::draining;
    Cell& cell = cells_[loop.index()];
    if (!enter(cell, route)) return Dispatch::too_many_in_flight;
    if (!route.is_blocking()) {
        route.handle(route.self, &request, &view);
        return Dispatch::started;
    }
    const WorkerPool::Job job{&run_handler, const_cast<PluginRoute*>(&route), &request,
                              const_cast<gh_request_view*>(&view)};
    if (workers_->try_submit(job)) return Dispatch::started;
    leave(cell, route);
    return Dispatch::queue_full;
}

void Generation::ended(IoLoop& loop, const PluginRoute& route) { leave(cells_[loop.index()], route); }

// Counted before the look at the state: either this thread sees that the generation drains, or the drain, which sets
// the state before it looks at the count, sees this thread. No fence reaches the threads of others.
Generation::Visit::Visit(Generation& generation) : visitors_(generation.visitors_) {
    visitors_.fetch_add(1);
    is_welcome_ = generation.state_.load() == State::active;
}

Dispatch Generation::dispatch_here(const PluginRoute& route, gh_request& request, const gh_request_view& view) {
    const Visit visit(*this);
    if (!visit) return Dispatch::draining;
    if (!enter(cells_.back(), route)) return Dispatch::too_many_in_flight;
    route.handle(route.self, &request, &view);
    return Dispatch::started;
}

void Generation::ended_here(const PluginRoute& route) { leave(cells_.back(), route); }

// A loop's cell has one writer: a plain add is enough. The last cell is shared by all worker threads.
bool Generation::enter(Cell& cell, const PluginRoute& route) {
    if (route.max_in_flight != 0 &&
        route_in_flight_[route.index].fetch_add(1, std::memory_order_acq_rel) >= route.max_in_flight) {
        route_in_flight_[route.index].fetch_sub(1, std::memory_order_acq_rel);
        return false;
    }
    if (&cell == &cells_.back()) {
        cell.begun.fetch_add(1, std::memory_order_relaxed);
    } else {
        cell.begun.store(cell.begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    return true;
}

void Generation::leave(Cell& cell, const PluginRoute& route) {
    if (route.max_in_flight != 0) route_in_flight_[route.index].fetch_sub(1, std::memory_order_acq_rel);
    if (&cell == &cells_.back()) {
        cell.ended.fetch_add(1, std::memory_order_release);
    } else {
        cell.ended.store(cell.ended.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
}

std::size_t Generation::in_flight() const {
    std::uint64_t ended = 0, begun = 0;
    for (const Cell& cell : cells_) ended += cell.ended.load(std::memory_order_acquire);
    for (const Cell& cell : cells_) begun += cell.begun.load(std::memory_order_relaxed);
    return begun - ended;
}

std::size_t Generation::queued() const { return workers_->queued(); }
std::size_t Generation::worker_count() const { return workers_->thread_count(); }

}  // namespace gatehouse::host

#include "gateway/host/generation.hpp"

#include <algorithm>
#include <future>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/negative_control.hpp"
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
    const Breadcrumb here(*target, shown->request_id, Activity::handler);
    target->handle(target->self, static_cast<gh_request*>(request), shown);
}

constexpr Duration kLookTimeout = 5s;

// By the one thread that writes it.
void increment(std::atomic<std::uint64_t>& count) {
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::loaded: return "loaded";
        case State::created: return "created";
        case State::started: return "started";
        case State::canary: return "canary";
        case State::active: return "active";
        case State::warm: return "warm";
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
      copy_(library->copy()),
      library_(std::move(library)),
      workers_(std::move(workers)),
      table_(std::move(table)),
      mapping_(*this, &library_->plugin()),
      cells_(loops + 1) {
    table_->belong_to(*this);
    enter_state(State::loaded);
}

Generation::~Generation() = default;

const PluginRouteTable& Generation::routes() const { return table_->routes(); }

Dispatch Generation::dispatch(IoLoop& loop, const PluginRoute& route, gh_request& request, const gh_request_view& view,
                              const Place* place) {
    const bool is_welcome = accepts_requests() || (place != nullptr && !is_closed_.load(std::memory_order_relaxed));
    if (!is_welcome) return Dispatch::draining;
    control::linger();
    Cell& cell = cells_[loop.index()];
    if (!enter(cell, route)) return Dispatch::too_many_in_flight;
    if (!(route.is_blocking() ? breaker_.admits_blocking() : breaker_.admits_on_loop())) {
        leave(cell, route);
        return Dispatch::stalled;
    }
    cell.requests.push_back(request);
    if (!route.is_blocking()) {
        {
            const Breadcrumb here(route, view.request_id, Activity::handler);
            route.handle(route.self, &request, &view);
        }
        breaker_.returned();
        return Dispatch::started;
    }
    const WorkerPool::Job job{&run_handler, const_cast<PluginRoute*>(&route), &request,
                              const_cast<gh_request_view*>(&view)};
    if (workers_->try_submit(job)) return Dispatch::started;
    request.unlink();
    leave(cell, route);
    return Dispatch::queue_full;
}

void Generation::ended(IoLoop& loop, const PluginRoute& route, gh_request& request, int status, Duration took) {
    request.unlink();
    if (status != 0) told(loop, status, took);
    leave(cells_[loop.index()], route);
}

void Generation::told(IoLoop& loop, int status, Duration took) {
    Cell& cell = cells_[loop.index()];
    increment(cell.answers);
    if (status >= 500) increment(cell.failures);
    if (took > Duration::zero()) cell.latencies[Latencies::bucket_of(took)].fetch_add(1, std::memory_order_relaxed);
}

// Looks at the state before it counts: a drain sets the state, and waits for every loop, before it looks at the count.
Generation::Place::Place(Generation& generation, IoLoop& loop) {
    if (!generation.accepts_requests()) return;
    Cell& cell = generation.cells_[loop.index()];
    increment(cell.places);
    cell_ = &cell;
}

Generation::Place::~Place() {
    if (cell_ == nullptr) return;
    auto& places = static_cast<Cell*>(cell_)->places;
    places.store(places.load(std::memory_order_relaxed) - 1, std::memory_order_release);
}

// Counted before the look at the state: either this thread sees that the generation drains, or the drain, which sets
// the state before it looks at the count, sees this thread. No fence reaches the threads of others.
Generation::Visit::Visit(Generation& generation)
    : here_(&generation, Activity::callback), visitors_(generation.visitors_) {
    visitors_.fetch_add(1);
    is_welcome_ = accepts(generation.state_.load());
}

Dispatch Generation::dispatch_here(const PluginRoute& route, gh_request& request, const gh_request_view& view) {
    const Visit visit(*this);
    if (!visit) return Dispatch::draining;
    if (!breaker_.admits_blocking()) return Dispatch::stalled;
    if (!enter(cells_.back(), route)) return Dispatch::too_many_in_flight;
    const Breadcrumb here(route, view.request_id, Activity::handler);
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
        increment(cell.begun);
    }
    return true;
}

void Generation::leave(Cell& cell, const PluginRoute& route) {
    if (route.max_in_flight != 0) route_in_flight_[route.index].fetch_sub(1, std::memory_order_acq_rel);
    if (&cell == &cells_.back()) {
        cell.ended.fetch_add(1, std::memory_order_release);
    } else {
        increment(cell.ended);
    }
}

std::size_t Generation::in_flight() const {
    std::uint64_t ended = 0, begun = 0;
    for (const Cell& cell : cells_) ended += cell.ended.load(std::memory_order_acquire);
    for (const Cell& cell : cells_) begun += cell.begun.load(std::memory_order_relaxed);
    return begun - ended;
}

std::size_t Generation::places() const {
    std::uint64_t count = 0;
    for (const Cell& cell : cells_) count += cell.places.load(std::memory_order_acquire);
    return count;
}

Generation::Score Generation::score() const {
    Score score;
    for (const Cell& cell : cells_) {
        score.failures += cell.failures.load(std::memory_order_relaxed);
        score.answers += cell.answers.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < Latencies::kBuckets; ++i) {
            score.latencies.counts[i] += cell.latencies[i].load(std::memory_order_relaxed);
        }
    }
    return score;
}

Generation::InFlight Generation::counts() const {
    const Operations& operations = table_->operations();
    InFlight counts;
    counts.requests = in_flight();
    counts.bodies = places();
    counts.holds = operations.holds().size();
    counts.lent_bytes = operations.lent_bytes();
    const std::size_t known = counts.holds + counts.lent_bytes;
    counts.operations = operations.count() - std::min(known, operations.count());
    return counts;
}

std::vector<std::string> Generation::holding() const {
    std::vector<std::string> all;
    const auto add = [&all](std::size_t count, const char* what) {
        if (count != 0) all.push_back(std::to_string(count) + what);
    };
    add(in_flight(), " requests in flight");
    add(places(), " requests whose body is still arriving");
    add(visitors_.load(), " threads of others inside a handler");
    const InFlight now = counts();
    add(now.operations, " timers, posts and offloaded jobs");
    add(now.lent_bytes, " pieces of a body that it has not released");
    const auto holds = table_->operations().holds();
    for (const Operations::Hold& hold : holds) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - hold.since);
        all.push_back("hold: " + hold.why + " (" + std::to_string(age.count()) + " s)");
    }
    if (is_stuck_) all.emplace_back("a lifecycle function that never returned");
    return all;
}

void Generation::enter_state(State state) {
    since_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    state_.store(state);
}

// Counted as an operation, so that the generation outlives the message.
void Generation::cancel_requests(const std::vector<IoLoop*>& loops, bool streams_too) {
    for (IoLoop* const loop : loops) {
        table_->operations().begin();
        loop->post([this, loop, streams_too] {
            cancel_cell(cells_[loop->index()], streams_too);
            table_->operations().end();
        });
    }
}

// What is told may end its request at once, or others: each is taken off the list before it is told, and put back.
void Generation::cancel_cell(Cell& cell, bool streams_too) {
    auto untold = std::move(cell.requests);
    while (!untold.empty()) {
        gh_request& request = untold.front();
        untold.pop_front();
        cell.requests.push_back(request);
        if (streams_too || !request.is_stream()) request.on_drain_deadline();
    }
}

bool Generation::has_streams(const std::vector<IoLoop*>& loops) {
    const auto count = std::make_shared<std::atomic<std::size_t>>(0);
    for (IoLoop* const loop : loops) {
        table_->operations().begin();
        const auto looked = std::make_shared<std::promise<void>>();
        loop->post([this, loop, count, looked] {
            for (const gh_request& request : cells_[loop->index()].requests) count->fetch_add(request.is_stream());
            table_->operations().end();
            looked->set_value();
        });
        static_cast<void>(looked->get_future().wait_for(kLookTimeout));  // a stuck loop is found by the fence
    }
    return count->load() != 0;
}

std::size_t Generation::queued() const { return workers_->queued(); }
std::size_t Generation::worker_count() const { return workers_->thread_count(); }

}  // namespace gatehouse::host

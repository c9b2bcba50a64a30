#include "gateway/host/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>

#include "gateway/base/io_loop.hpp"
#include "gateway/host/generation.hpp"

namespace gatehouse::host {

namespace {
constexpr Duration kIdlePeriod = 100ms;  // between looks while no loop enters a plugin
constexpr Duration kBeatPeriod = 250ms;
constexpr Duration kFirstBeatTimeout = 1s;
}  // namespace

// Shared with a message to the loop, which may be read after the watchdog has ended.
struct Watchdog::Heartbeat {
    std::atomic<const Trail*> trail{nullptr};
    std::atomic<bool> is_pending{false};

    static void send(const std::shared_ptr<Heartbeat>& heart, IoLoop& loop) {
        heart->is_pending.store(true, std::memory_order_relaxed);
        loop.post([heart] {
            heart->trail.store(&Trail::here(), std::memory_order_release);
            heart->is_pending.store(false, std::memory_order_release);
        });
    }
};

struct Watchdog::Watch {
    explicit Watch(IoLoop& loop_in) : loop(loop_in) {}
    IoLoop& loop;
    std::shared_ptr<Heartbeat> heart = std::make_shared<Heartbeat>();
    TimePoint beat_sent{};
    bool told_stuck = false;

    std::uint64_t serial = 0;  // of the entry that the loop was in at the last look; 0 = none
    TimePoint since{};         // when it was first seen there
    int told = 0;              // how many of the three limits were passed
};

// A plugin whose breaker was opened.
struct Watchdog::Broken {
    std::weak_ptr<Generation> generation;
    const Watch* watch;
    std::uint64_t serial;
    TimePoint back{};  // when the loop was seen elsewhere; unset: still stuck
    bool is_half_open = false;
};

Watchdog::Watchdog(Options options) : options_(std::move(options)) {
    for (IoLoop* const loop : options_.loops) {
        Watch& watch = *watches_.emplace_back(std::make_unique<Watch>(*loop));
        watch.beat_sent = Clock::now();
        Heartbeat::send(watch.heart, watch.loop);
    }
    // From here on no handler can hang unseen.
    const TimePoint deadline = Clock::now() + kFirstBeatTimeout;
    for (const auto& watch : watches_) {
        while (watch->heart->is_pending.load(std::memory_order_acquire) && Clock::now() < deadline) {
            std::this_thread::sleep_for(100us);
        }
    }
    thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
    {
        std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    stop_wanted_.notify_all();
    thread_.join();
}

void Watchdog::run() {
    ::pthread_setname_np(::pthread_self(), "gh-watchdog");
    Duration period = options_.limits.slow;
    std::unique_lock lock(mutex_);
    while (!stop_wanted_.wait_for(lock, period, [this] { return is_stopping_; })) {
        lock.unlock();
        const TimePoint now = Clock::now();
        bool is_busy = false;
        for (const auto& watch : watches_) is_busy = look(*watch, now) || is_busy;
        retry(now);
        period = is_busy || !broken_.empty() ? options_.limits.slow : std::min(period * 2, kIdlePeriod);
        lock.lock();
    }
}

// Whether the loop is in a plugin, or was in one since the last look.
bool Watchdog::look(Watch& watch, TimePoint now) {
    beat(watch, now);
    const Trail* const trail = watch.heart->trail.load(std::memory_order_acquire);
    if (trail == nullptr) return true;  // just begun
    Trail::Seen outermost;
    if (!trail->read(0, outermost)) {
        const bool was_inside = watch.serial != 0;
        watch.serial = 0;
        return was_inside || trail->depth() != 0;
    }
    if (outermost.serial != watch.serial) {
        watch.serial = outermost.serial;
        watch.since = now;
        watch.told = 0;
    } else {
        escalate(watch, now);
    }
    return true;
}

// A loop that does not even read its messages while it is in no plugin is stuck in the gateway itself.
void Watchdog::beat(Watch& watch, TimePoint now) {
    if (!watch.heart->is_pending.load(std::memory_order_acquire)) {
        watch.told_stuck = false;
        if (now - watch.beat_sent < kBeatPeriod) return;
        watch.beat_sent = now;
        Heartbeat::send(watch.heart, watch.loop);
        return;
    }
    const Duration silent = now - watch.beat_sent;
    if (silent < options_.limits.broken || watch.told_stuck || watch.serial != 0) return;
    watch.told_stuck = true;
    Event event;
    event.kind = Event::Kind::loop_stuck;
    event.loop = watch.loop.index();
    event.lasted = silent;
    options_.report(event);
}

void Watchdog::escalate(Watch& watch, TimePoint now) {
    const std::pair<Duration, Event::Kind> steps[] = {{options_.limits.slow, Event::Kind::slow},
                                                      {options_.limits.stalled, Event::Kind::stalled},
                                                      {options_.limits.broken, Event::Kind::broken}};
    const Duration lasted = now - watch.since;
    while (watch.told < 3 && lasted >= steps[watch.told].first) {
        const Event event = describe(watch, steps[watch.told].second, lasted);
        ++watch.told;
        if (event.generation && event.kind == Event::Kind::stalled) event.generation->breaker().count_stall();
        if (event.generation && event.kind == Event::Kind::broken) open(watch, event);
        options_.report(event);
    }
}

// The innermost call is to blame. What the breadcrumb points to is followed only when it is certain that the loop has
// been in there all along, which keeps it alive.
Watchdog::Event Watchdog::describe(const Watch& watch, Event::Kind kind, Duration lasted) const {
    Event event;
    event.kind = kind;
    event.loop = watch.loop.index();
    event.lasted = lasted;
    const Trail& trail = *watch.heart->trail.load(std::memory_order_acquire);
    const std::size_t depth = std::min(trail.depth(), Trail::kDepthMax);
    Trail::Seen seen;
    if (depth == 0 || !trail.read(depth - 1, seen)) return event;
    event.activity = seen.activity;
    event.request_id = seen.id();
    event.generation = options_.hold(seen.generation);
    if (event.generation && !trail.is_inside(depth - 1, seen.serial)) event.generation.reset();
    if (event.generation && seen.route != nullptr) event.route = seen.route->method + " " + seen.route->pattern;
    return event;
}

void Watchdog::open(const Watch& watch, const Event& event) {
    event.generation->breaker().open();
    std::erase_if(broken_, [&](const Broken& known) { return known.generation.lock() == event.generation; });
    broken_.push_back({event.generation, &watch, watch.serial});
}

void Watchdog::retry(TimePoint now) {
    std::erase_if(broken_, [&](Broken& broken) {
        const auto generation = broken.generation.lock();
        if (!generation) return true;
        if (broken.watch->serial == broken.serial) return false;  // still in that call
        if (broken.back == TimePoint{}) broken.back = now;
        if (!broken.is_half_open && now - broken.back >= options_.limits.retry) {
            broken.is_half_open = true;
            generation->breaker().half_open();
            Event event;
            event.kind = Event::Kind::half_open;
            event.loop = broken.watch->loop.index();
            event.generation = generation;
            options_.report(event);
        }
        if (!broken.is_half_open || now - broken.back < 2 * options_.limits.retry) return false;
        generation->breaker().close();
        return true;
    });
}

}  // namespace gatehouse::host

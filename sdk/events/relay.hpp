// Carries events from the outbox to the bus.
//
//      commit ──poke──┐                          ┌──────────── worker ─────────────┐
//      timer  ────────┴─> loop: offload a step ──┤ claim, read a batch             │
//                 ^                              │ publish (blocks)                │
//                 └──── done: when is the next? ─┤ mark, renew, read the next batch│
//                                                └─────────────────────────────────┘
//
// One step at a time, each on a worker of the service for one batch; no thread of its own. All but the step happens on
// one loop, so it needs no lock. Of several processes (or generations, during a reload) one relays at a time: the claim
// in gh_relay saves work, but nothing depends on it. Every relay sends the events of a subject in order, beginning with
// the first that is not marked as sent, and goes on only after the bus has confirmed it; so, whatever they do to each
// other, an event is never first seen before an earlier one of its subject.
#pragma once

#include <gatehouse/ext/events.h>
#include <gatehouse/events.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sdk/events/housekeeping.hpp"
#include "sdk/events/meters.hpp"
#include "sdk/events/outbox.hpp"

namespace gatehouse::events {

class Relay final {
public:
    // bus: null = there is none; then it does nothing.
    Relay(const Context& context, Database& database, const gh_events* bus, const EventOptions& options,
          const Meters& meters);
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    void start();  // [main] after the database was opened
    void poke();   // [any] there may be something to send
    void drain();  // [main] the batch under way is the last

private:
    struct Timer {
        Relay* relay;
    };
    struct Next {
        bool now = false;  // go on at once
        std::chrono::milliseconds pause{0};
    };

    // [loop]
    static void on_poke(void* self);
    static void on_timer(void* timer, gh_status status, const gh_error*);
    static void on_step(void* self, gh_status status, const gh_error*);
    void wake();
    void end();
    bool is_resting() const;
    void step_on_worker();
    void arm(std::chrono::milliseconds pause);

    // [worker]
    static void run_step(void* self);
    Next step();
    std::vector<OutboxRow> take(bool& is_contended);
    std::vector<gh_status> publish(std::span<const OutboxRow> batch);
    std::vector<OutboxRow> settle(std::span<const OutboxRow> batch, std::span<const gh_status> results);
    void mark(Transaction& tx, std::span<const OutboxRow> batch, std::span<const gh_status> results, std::int64_t now);
    Next idle();
    Next rest() const;
    void report(std::span<const OutboxRow> batch, std::span<const gh_status> results);
    void give_up_claim();

    std::int64_t now_ms() const { return to_unix_ms(context_.wall_time()); }

    const Context& context_;
    Database& database_;
    const gh_events* const bus_;
    const EventOptions& options_;
    const Meters& meters_;
    const bool has_fake_clock_;
    const std::string holder_;
    gh_loop* const loop_;  // null: there is no bus
    std::atomic<bool> is_poked_{false}, is_draining_{false};

    // Touched on the loop, and by the step, of which there is one at a time.
    bool is_stepping_ = false, is_wanted_ = false;
    Timer* timer_ = nullptr;  // the one that counts; freed by its callback
    gh_op timer_operation_{};
    std::uint64_t timer_due_ns_ = 0;
    Next next_;
    std::vector<OutboxRow> batch_;  // claimed and read, to be sent by the next step
    std::int64_t claimed_until_ = 0;
    int failures_ = 0;  // steps in a row of which nothing came
    Housekeeping housekeeping_;
};

}  // namespace gatehouse::events

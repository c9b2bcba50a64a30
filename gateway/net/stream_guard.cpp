#include "gateway/net/stream_guard.hpp"

#include <utility>

#include "gateway/net/loop_server.hpp"
#include "gateway/pipeline/pipeline.hpp"

namespace gatehouse::net {

StreamGuard::StreamGuard(ClientSide& client, Refuse refuse, void* context)
    : client_(client),
      refuse_(refuse),
      context_(context),
      timer_([](void* guard) { static_cast<StreamGuard*>(guard)->on_time(); }, this) {}

void StreamGuard::begin(Duration interval) {
    interval_ = interval;
    is_watching_ = true;
    has_refused_ = false;
    schedule();
}

void StreamGuard::end() {
    is_watching_ = false;
    client_.loop().cancel(timer_);
}

void StreamGuard::schedule() { client_.loop().schedule(timer_, Clock::now() + interval_); }

void StreamGuard::on_time() {
    if (!client_.head_was_sent()) return schedule();
    if (client_.is_open_ended()) spawn(ask());
}

// By the snapshot in force, since the one that has let the request in may name verifiers that are gone.
Task<> StreamGuard::ask() {
    is_asking_ = true;
    SnapshotHold& now = client_.server().hold_snapshot();
    const bool passes = co_await pipeline::passes_still(*now.snapshot, client_.exchange());
    client_.server().release_snapshot(now);
    is_asking_ = false;
    if (!is_watching_) {
        if (waiter_) std::exchange(waiter_, nullptr).resume();
        co_return;
    }
    if (passes) co_return schedule();
    has_refused_ = true;
    refuse_(context_);
}

}  // namespace gatehouse::net

#include "gateway/pipeline/filters/auth/authenticator.hpp"

#include <algorithm>

#include "gateway/base/io_loop.hpp"

namespace gatehouse::pipeline {

// A check under way, in the frame of the request that leads it.
struct Authenticator::Flight {
    TimePoint deadline;
    Decision decision;
    Waiter* waiters = nullptr;
};

// A request that waits for the check of another one with the same credentials; in its own frame.
struct Authenticator::Waiter {
    explicit Waiter(Flight& joined) : flight(&joined) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) {
        handle = caller;
        next = std::exchange(flight->waiters, this);
    }
    const Decision& await_resume() const noexcept { return flight->decision; }

    Flight* flight;
    std::coroutine_handle<> handle;
    Waiter* next = nullptr;
};

// Ends a flight, however its leader ends: nobody joins any more, everybody who waits goes on.
class Authenticator::Landing final {
public:
    Landing(LoopState& state, const Hash128& key, Flight& flight) : state_(state), key_(key), flight_(flight) {
        state_.flights.emplace(key, &flight);
    }
    ~Landing() { land(); }
    void land() {
        if (landed_) return;
        landed_ = true;
        state_.flights.erase(key_);
        // A waiter's frame, and with it `next`, is gone once it was resumed.
        for (Waiter* waiter = std::exchange(flight_.waiters, nullptr); waiter != nullptr;) {
            Waiter* const next = waiter->next;
            waiter->handle.resume();
            waiter = next;
        }
    }

private:
    LoopState& state_;
    Hash128 key_;
    Flight& flight_;
    bool landed_ = false;
};

Authenticator::Authenticator(std::shared_ptr<const config::Authenticator> configuration,
                             std::unique_ptr<Verifier> verifier, std::vector<IoLoop*> loops,
                             observe::GatewayMetrics& metrics)
    : configuration_(std::move(configuration)),
      verifier_(std::move(verifier)),
      loops_(std::move(loops)),
      credentials_(*configuration_),
      hash_key_(KeyedHash::random_key()),
      if_down_(configuration_->allow_if_down ? IfDown::allow : IfDown::deny),
      uses_cache_(configuration_->cache_ttl.count() > 0),
      metrics_(metrics),
      allowed_(metrics.auth_decision(configuration_->name, "allowed")),
      anonymous_(metrics.auth_decision(configuration_->name, "anonymous")),
      denied_(metrics.auth_decision(configuration_->name, "denied")),
      unavailable_(metrics.auth_decision(configuration_->name, "unavailable")),
      states_(loops_.size()) {}

Authenticator::~Authenticator() = default;

TimePoint Authenticator::deadline_of(const Exchange& exchange) const {
    return std::min(Clock::now() + configuration_->forward.timeout, exchange.deadline);
}

void Authenticator::count(const Decision& decision) {
    switch (decision.outcome) {
        case Decision::Outcome::allowed: (decision.identity.present ? allowed_ : anonymous_).add(); break;
        case Decision::Outcome::denied: denied_.add(); break;
        case Decision::Outcome::unavailable: unavailable_.add(); break;
    }
}

Verdict Authenticator::finish(const Decision& decision, Exchange& exchange) {
    count(decision);
    return apply(decision, if_down_, exchange);
}

Verdict Authenticator::handle(Exchange& exchange, AnonymousCallers anonymous) {
    exchange.identity.clear();
    if (anonymous == AnonymousCallers::pass && !credentials_.present(exchange.request)) {
        anonymous_.add();
        return Verdict::next;
    }
    LoopState& state = states_[exchange.loop->index()];
    const auto key = uses_cache_ ? credentials_.key(exchange.request, hash_key_) : std::nullopt;
    if (const Decision* known = key ? state.cache.find(*key, exchange.received) : nullptr) {
        metrics_.auth_cache_hits.add();
        return finish(*known, exchange);
    }
    if (!verifier_->is_immediate()) return Verdict::pending;
    const TimePoint deadline = std::min(exchange.received + configuration_->forward.timeout, exchange.deadline);
    if (!verifier_->verify_now(exchange, deadline, state.scratch)) return Verdict::pending;
    if (key) {
        metrics_.auth_cache_misses.add();
        state.cache.insert(*key, state.scratch, exchange.received);
    }
    return finish(state.scratch, exchange);
}

Task<Verdict> Authenticator::resume(Exchange& exchange) {
    LoopState& state = states_[exchange.loop->index()];
    const TimePoint deadline = deadline_of(exchange);
    const auto key = uses_cache_ ? credentials_.key(exchange.request, hash_key_) : std::nullopt;
    if (key) {
        const auto flying = state.flights.find(*key);
        if (flying == state.flights.end() && state.flights.size() < kFlightsPerLoop) {
            co_return co_await lead(exchange, *key);
        }
        if (flying != state.flights.end() && flying->second->deadline <= exchange.deadline) {
            metrics_.auth_flights_joined.add();
            Waiter waiter(*flying->second);
            const Decision& decision = co_await waiter;
            co_return finish(decision, exchange);
        }
    }
    Decision decision;
    co_await verifier_->verify(exchange, deadline, decision);
    co_return finish(decision, exchange);
}

Task<bool> Authenticator::passes_still(const Exchange& exchange) {
    const TimePoint deadline = Clock::now() + configuration_->forward.timeout;
    Decision decision;
    const bool is_decided = verifier_->is_immediate() && verifier_->verify_now(exchange, deadline, decision);
    if (!is_decided) co_await verifier_->verify(exchange, deadline, decision);
    count(decision);
    switch (decision.outcome) {
        case Decision::Outcome::unavailable: co_return true;
        case Decision::Outcome::denied: co_return false;
        case Decision::Outcome::allowed: break;
    }
    co_return decision.identity.id == exchange.identity.id&& decision.identity.roles == exchange.identity.roles;
}

// Asks the verifier on behalf of all who come with the same credentials meanwhile.
Task<Verdict> Authenticator::lead(Exchange& exchange, const Hash128 key) {
    LoopState& state = states_[exchange.loop->index()];
    const std::uint64_t revocations = state.revocations;
    metrics_.auth_cache_misses.add();
    Flight flight;
    flight.deadline = deadline_of(exchange);
    Landing landing(state, key, flight);
    co_await verifier_->verify(exchange, flight.deadline, flight.decision);
    // What was asked before a revocation may be what was revoked.
    if (state.revocations == revocations) state.cache.insert(key, flight.decision, Clock::now());
    landing.land();
    co_return finish(flight.decision, exchange);
}

void Authenticator::revoke(const Revocation& revocation) {
    if (!uses_cache_) return;
    for (IoLoop* loop : loops_) {
        loop->post([self = shared_from_this(), loop, revocation] {
            LoopState& state = self->states_[loop->index()];
            ++state.revocations;
            state.cache.revoke(revocation);
        });
    }
}

}  // namespace gatehouse::pipeline

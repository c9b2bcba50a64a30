#include "sdk/events/relay.hpp"

#include <gatehouse/ext/clock.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>

#include "sdk/events/back_off.hpp"
#include "sdk/events/holder.hpp"

namespace gatehouse::events {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::int64_t kBatchBytesMax = 8 * 1024 * 1024;
constexpr milliseconds kFirstPause = 100ms, kLongestPause = 30s;  // of an event that the bus did not take
constexpr milliseconds kFirstRest = 50ms, kLongestRest = 5s;      // of the relay when nothing at all is taken
constexpr int kPatience = 3;                                      // steps of which nothing came before it rests
constexpr milliseconds kContendedPause = 100ms;                   // while another process relays
constexpr milliseconds kClaimReserve = 5s;                        // beyond the time that publishing may take
constexpr gh_status kUnanswered = std::numeric_limits<gh_status>::min();

bool is_power_of_two(int number) { return number > 0 && (number & (number - 1)) == 0; }

std::string describe(gh_status status) {
    switch (status) {
        case GH_E_TIMEOUT: return "not confirmed in time";
        case GH_E_UNAVAILABLE: return "the bus or a subscriber is not there";
        case GH_E_CLOSED: return "the bus is closed";
        case GH_E_LIMIT: return "the bus is full";
        case GH_E_INVALID: return "refused by the bus: not a valid event";
        default: return "not taken (status " + std::to_string(status) + ")";
    }
}

}  // namespace

Relay::Relay(const Context& context, Database& database, const gh_events* bus, const EventOptions& options,
             const Meters& meters)
    : context_(context),
      database_(database),
      bus_(bus),
      options_(options),
      meters_(meters),
      has_fake_clock_(context.host()->extension(context.host(), GH_EXT_CLOCK) != nullptr),
      holder_(make_holder()),
      loop_(bus == nullptr ? nullptr : context.host()->loop_at(context.host(), 0)),
      housekeeping_(context, database, options, meters) {}

// ---- when: on the loop -------------------------------------------------------------------------------------------

void Relay::start() { poke(); }

void Relay::poke() {
    if (loop_ == nullptr || is_poked_.exchange(true)) return;
    context_.host()->post(context_.host(), loop_, &Relay::on_poke, this);
}

void Relay::drain() {
    if (loop_ == nullptr) return;
    is_draining_ = true;
    context_.host()->post(context_.host(), loop_, &Relay::on_poke, this);
}

void Relay::on_poke(void* self) {
    auto& relay = *static_cast<Relay*>(self);
    relay.is_poked_ = false;
    if (!relay.is_resting() || relay.is_draining_) relay.wake();
}

void Relay::on_timer(void* context, gh_status status, const gh_error*) {
    const std::unique_ptr<Timer> timer(static_cast<Timer*>(context));
    Relay& relay = *timer->relay;
    if (relay.timer_ == timer.get()) relay.timer_ = nullptr;
    if (status == GH_OK) relay.wake();
}

void Relay::wake() {
    if (is_stepping_) {
        is_wanted_ = true;
    } else if (is_draining_) {
        end();
    } else {
        step_on_worker();
    }
}

// What a step counts belongs to the worker until the step is done.
bool Relay::is_resting() const { return !is_stepping_ && failures_ >= kPatience; }

void Relay::end() {
    if (timer_ != nullptr) context_.host()->cancel(context_.host(), timer_operation_);
    timer_ = nullptr;
    if (claimed_until_ > 0) step_on_worker();
}

void Relay::step_on_worker() {
    is_wanted_ = false;
    const gh_status status = context_.host()->offload(context_.host(), loop_, &Relay::run_step, &Relay::on_step, this);
    is_stepping_ = status == GH_PENDING;
    if (!is_stepping_ && !is_draining_) arm(kFirstRest);  // the workers' queue is full
}

void Relay::on_step(void* self, gh_status, const gh_error*) {
    auto& relay = *static_cast<Relay*>(self);
    relay.is_stepping_ = false;
    if (relay.is_draining_) return relay.end();
    if (relay.next_.now || (relay.is_wanted_ && !relay.is_resting())) return relay.step_on_worker();
    if (relay.next_.pause > 0ms) relay.arm(relay.next_.pause);
}

void Relay::arm(milliseconds pause) {
    const gh_host* const host = context_.host();
    const auto nanoseconds = static_cast<std::uint64_t>(std::chrono::nanoseconds(pause).count());
    const std::uint64_t due = host->now_ns(host) + nanoseconds;
    if (timer_ != nullptr) {
        if (timer_due_ns_ <= due) return;
        host->cancel(host, timer_operation_);
    }
    auto timer = std::make_unique<Timer>(Timer{this});
    timer_ = nullptr;
    if (host->sleep(host, loop_, nanoseconds, &Relay::on_timer, timer.get(), &timer_operation_) != GH_PENDING) return;
    timer_ = timer.release();  // freed by its callback
    timer_due_ns_ = due;
}

// ---- what: on a worker -------------------------------------------------------------------------------------------

void Relay::run_step(void* self) {
    auto& relay = *static_cast<Relay*>(self);
    try {
        relay.next_ = relay.step();
    } catch (const std::exception& error) {
        // What was sent and could not be marked is sent again; the subscribers drop it.
        relay.batch_.clear();
        relay.claimed_until_ = 0;
        if (is_power_of_two(++relay.failures_)) {
            relay.context_.log().warn("events wait: the outbox cannot be read or written", {{"error", error.what()}});
        }
        relay.next_ = relay.rest();
    }
}

Relay::Next Relay::step() {
    if (is_draining_) {
        give_up_claim();
        return {};
    }
    bool is_contended = false;
    if (batch_.empty() || now_ms() >= claimed_until_ - options_.publish_timeout.count()) batch_ = take(is_contended);
    if (is_contended) return {false, with_jitter(kContendedPause)};  // the other one sees what we see
    if (!batch_.empty()) {
        const std::vector<OutboxRow> batch = std::move(batch_);
        batch_.clear();
        const std::vector<gh_status> results = publish(batch);
        batch_ = settle(batch, results);
        report(batch, results);
        const bool is_any_sent = std::ranges::count(results, GH_OK) > 0;
        // One event that nobody takes waits by itself; when nothing at all goes out, the bus is down.
        failures_ = is_any_sent ? 0 : failures_ + (batch.size() > 1 ? 1 : 0);
        if (failures_ >= kPatience) return rest();
        if (!batch_.empty()) return {true, {}};
    } else {
        failures_ = 0;
    }
    return idle();
}

Relay::Next Relay::rest() const { return {false, with_jitter(back_off(failures_, kFirstRest, kLongestRest))}; }

std::vector<OutboxRow> Relay::take(bool& is_contended) {
    const std::int64_t now = now_ms();
    if (!database_.read([&](Transaction& tx) { return outbox::has_due(tx, now); })) return {};
    const std::int64_t until = now + milliseconds(options_.publish_timeout + kClaimReserve).count();
    auto batch = database_.write([&](Transaction& tx) {
        is_contended = !outbox::claim(tx, holder_, now, until, &is_gone);
        return is_contended ? std::vector<OutboxRow>() : outbox::due(tx, now, options_.batch_max, kBatchBytesMax);
    });
    if (!is_contended) claimed_until_ = until;
    return batch;
}

std::vector<gh_status> Relay::publish(std::span<const OutboxRow> batch) {
    std::vector<gh_event> views;
    std::vector<const gh_event*> pointers;
    views.reserve(batch.size());
    for (const OutboxRow& row : batch) views.push_back(to_view(row));
    for (const gh_event& view : views) pointers.push_back(&view);
    std::vector<gh_status> results(batch.size(), kUnanswered);
    const auto deadline = context_.now() + options_.publish_timeout;
    const gh_status status = bus_->publish(
        context_.host(), pointers.data(), pointers.size(),
        static_cast<std::uint64_t>(std::chrono::nanoseconds(deadline.time_since_epoch()).count()), results.data());
    std::ranges::replace(results, kUnanswered, status == GH_OK ? GH_E_INTERNAL : status);
    return results;
}

// Marks what has become of the batch, and reads the next one under the same claim, or gives it up.
std::vector<OutboxRow> Relay::settle(std::span<const OutboxRow> batch, std::span<const gh_status> results) {
    const std::int64_t now = now_ms();
    const std::int64_t until = now + milliseconds(options_.publish_timeout + kClaimReserve).count();
    bool is_ours = false;
    auto next = database_.write([&](Transaction& tx) {
        mark(tx, batch, results, now);
        is_ours = !is_draining_ && outbox::claim(tx, holder_, now, until, &is_gone);
        auto rows = is_ours ? outbox::due(tx, now, options_.batch_max, kBatchBytesMax) : std::vector<OutboxRow>();
        if (rows.empty()) outbox::release(tx, holder_);
        return rows;
    });
    claimed_until_ = next.empty() ? 0 : until;
    return next;
}

void Relay::mark(Transaction& tx, std::span<const OutboxRow> batch, std::span<const gh_status> results,
                 std::int64_t now) {
    std::vector<std::int64_t> sent;
    std::map<std::pair<int, gh_status>, std::vector<std::int64_t>> failed;  // by attempts so far, and reason
    std::set<std::string_view> held_up;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const OutboxRow& row = batch[i];
        if (results[i] == GH_OK) {
            sent.push_back(row.sequence);
        } else if (results[i] == GH_E_INVALID) {
            outbox::mark_refused(tx, row.sequence, now, describe(GH_E_INVALID));
        } else if (row.subject.empty() || held_up.insert(row.subject).second) {
            failed[{row.attempts, results[i]}].push_back(row.sequence);
        }  // else it was not tried: an earlier one of its subject has failed
    }
    outbox::mark_sent(tx, sent, now);
    for (const auto& [what, sequences] : failed) {
        const auto pause = with_jitter(back_off(what.first + 1, kFirstPause, kLongestPause));
        outbox::mark_failed(tx, sequences, now + pause.count(), describe(what.second));
    }
}

Relay::Next Relay::idle() {
    housekeeping_.run_if_due();
    const std::int64_t now = now_ms();
    const auto due = database_.read([&](Transaction& tx) { return outbox::next_due(tx, now); });
    const auto until_due = milliseconds(due ? std::max<std::int64_t>(*due - now, 1) : 0);
    // A host with a clock of its own is a test: nobody else writes there, and time jumps by days.
    if (has_fake_clock_) return {false, until_due};
    const auto poll = with_jitter(options_.poll);
    return {false, due ? std::min(until_due, poll) : poll};
}

void Relay::report(std::span<const OutboxRow> batch, std::span<const gh_status> results) {
    const auto sent = std::ranges::count(results, GH_OK);
    if (sent > 0) meters_.published.add(static_cast<double>(sent));
    const auto unsent = static_cast<std::ptrdiff_t>(results.size()) - sent;
    if (unsent == 0) return;
    meters_.publish_failures.add(static_cast<double>(unsent));
    const auto first = static_cast<std::size_t>(
        std::ranges::find_if(results, [](gh_status status) { return status != GH_OK; }) - results.begin());
    if (batch[first].attempts > 0 && !is_power_of_two(batch[first].attempts)) return;
    context_.log().warn("events were not published and will be tried again", {{"count", unsent},
                                                                              {"event", batch[first].id},
                                                                              {"type", batch[first].type},
                                                                              {"subject", batch[first].subject},
                                                                              {"attempts", batch[first].attempts + 1},
                                                                              {"reason", describe(results[first])}});
}

void Relay::give_up_claim() {
    batch_.clear();
    claimed_until_ = 0;
    database_.write([&](Transaction& tx) { outbox::release(tx, holder_); });
}

}  // namespace gatehouse::events

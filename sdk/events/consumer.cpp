#include "sdk/events/consumer.hpp"

#include <algorithm>
#include <stdexcept>

#include "gatehouse/storage/errors.hpp"
#include "sdk/events/back_off.hpp"
#include "sdk/service/extensions.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse::events {

namespace {

constexpr int kRedriveMax = 1'000;
constexpr std::size_t kErrorBytesMax = 2'000;

// Undoes the transaction: the event has to wait for its own time, or for an earlier one of its subject.
struct NotYet {};

// Fit for a column, whatever it is.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\0' || static_cast<unsigned char>(c) >= 0x80; }, '?');
    return text;
}

// The text of the exception being handled.
std::string current_error() {
    std::string text = detail::describe_current_exception();
    if (text.size() > kErrorBytesMax) text.resize(kErrorBytesMax);
    return printable(std::move(text));
}

// Whether the database, and not the handler, is to blame. A statement that takes too long is the handler's.
bool is_outage() {
    try {
        throw;
    } catch (const Busy&) {
        return true;
    } catch (const Unavailable&) {
        return true;
    } catch (const SerializationFailure&) {
        return true;
    } catch (const CommitOutcomeUnknown&) {
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

Consumer::Consumer(const Context& context, Database& database, const gh_events* bus, const EventOptions& options,
                   const Meters& meters)
    : context_(context), database_(database), bus_(bus), options_(options), meters_(meters) {}

void Consumer::subscribe(std::string_view type, Prepare prepare) {
    if (find(type) != nullptr) throw std::logic_error("two handlers for events of type " + std::string(type));
    Subscription& subscription = subscriptions_.emplace_back(Subscription{this, std::string(type), std::move(prepare)});
    if (bus_ == nullptr) return;
    const gh_status status =
        bus_->subscribe(context_.host(), detail::to_str(subscription.type), &Consumer::on_event, &subscription);
    if (status != GH_OK) {
        throw std::runtime_error("the host refused the subscription to " + subscription.type + " (status " +
                                 std::to_string(status) + ")");
    }
}

const Consumer::Subscription* Consumer::find(std::string_view type) const {
    const auto found = std::ranges::find(subscriptions_, type, &Subscription::type);
    return found == subscriptions_.end() ? nullptr : &*found;
}

gh_status Consumer::on_event(void* context, const gh_event* view) {
    if (!GH_HAS(view, sequence)) return GH_E_INVALID;
    const auto& subscription = *static_cast<const Subscription*>(context);
    try {
        return subscription.consumer->process(subscription, to_event(*view));
    } catch (...) {
        // The failure could not be noted: the database does not work. The bus delivers again.
        try {
            subscription.consumer->context_.log().warn("an event was not processed: the database does not work",
                                                       {{"type", subscription.type}, {"error", current_error()}});
        } catch (...) {  // out of memory: the status has to do
        }
        return GH_E_UNAVAILABLE;
    }
}

gh_status Consumer::process(const Subscription& subscription, Event event) {
    const std::int64_t now = to_unix_ms(context_.wall_time());
    Body body;
    std::string problem;
    try {
        body = subscription.prepare(event);
    } catch (const Problem&) {
        problem = "the payload cannot be read: " + current_error();
        event.data = printable(std::move(event.data));
    }
    try {
        const bool is_new = database_.write([&](Transaction& tx) {
            return take(tx, event, now, [&] {
                if (body) {
                    body(tx, event);
                } else {
                    inbox::bury(tx, event, 1, problem, now);
                }
            });
        });
        if (!is_new) {
            meters_.duplicates.add();
        } else if (body) {
            meters_.processed.add(1, {event.type});
        } else {
            bury_unreadable(event, problem);
        }
        return GH_OK;
    } catch (const NotYet&) {
        return GH_E_STATE;
    } catch (...) {
        if (is_outage()) throw;
        return note_failure(event, current_error());
    }
}

bool Consumer::take(Transaction& tx, Event& event, std::int64_t now, const std::function<void()>& effect) {
    if (!inbox::see(tx, event, now)) return false;
    event.attempt = 1;
    for (const inbox::Failure& failure : inbox::failures(tx, event)) {
        if (failure.id != event.id || failure.next_attempt_at > now) throw NotYet{};
        event.attempt = failure.attempts + 1;
    }
    effect();
    if (event.attempt > 1) inbox::forget_failure(tx, event);
    return true;
}

gh_status Consumer::note_failure(const Event& event, const std::string& error) {
    const std::int64_t now = to_unix_ms(context_.wall_time());
    const bool is_last = event.attempt >= options_.attempts_max;
    const auto pause = back_off(event.attempt, options_.first_pause, options_.longest_pause);
    database_.write([&](Transaction& tx) {
        if (is_last) {
            inbox::bury(tx, event, event.attempt, error, now);
        } else {
            inbox::note_failure(tx, event, event.attempt, now + pause.count(), error);
        }
    });
    meters_.failures.add(1, {event.type});
    if (is_last) meters_.deaths.add(1, {event.type});
    context_.log().error(
        is_last ? "an event became a dead letter" : "an event's handler failed and will be tried again",
        {{"event", event.id},
         {"source", event.source},
         {"type", event.type},
         {"subject", event.subject},
         {"attempt", event.attempt},
         {"error", error}});
    return is_last ? GH_OK : GH_E_INTERNAL;
}

void Consumer::bury_unreadable(Event event, const std::string& problem) {
    meters_.deaths.add(1, {event.type});
    context_.log().error("an event became a dead letter",
                         {{"event", event.id}, {"source", event.source}, {"type", event.type}, {"error", problem}});
}

std::vector<Redriven> Consumer::redrive(std::optional<std::string_view> id) {
    const auto events = database_.read([&](Transaction& tx) { return inbox::dead_events(tx, id, kRedriveMax); });
    std::vector<Redriven> results;
    for (const Event& event : events) results.push_back(redrive_one(event));
    return results;
}

Redriven Consumer::redrive_one(const Event& event) {
    Redriven result{event.id, event.type, false, {}};
    try {
        const Subscription* subscription = find(event.type);
        if (subscription == nullptr) throw std::runtime_error("this service has no handler for events of that type");
        const Body body = subscription->prepare(event);
        result.is_done = database_.write([&](Transaction& tx) {
            if (!inbox::exhume(tx, event)) return false;
            body(tx, event);
            return true;
        });
        if (result.is_done) meters_.processed.add(1, {event.type});
        if (!result.is_done) result.error = "somebody else has just done so";
    } catch (...) {
        if (is_outage()) throw;
        result.error = current_error();
        meters_.failures.add(1, {event.type});
        database_.write([&](Transaction& tx) { inbox::note_dead_failure(tx, event, result.error); });
    }
    return result;
}

}  // namespace gatehouse::events

#include "sdk/events/housekeeping.hpp"

#include <algorithm>

#include "sdk/events/inbox.hpp"
#include "sdk/events/outbox.hpp"

namespace gatehouse::events {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kCleanEvery = 1min, kMeasureEvery = 5s;
constexpr milliseconds kAbandonedAfter = 24h;
constexpr int kPortion = 500;

}  // namespace

void Housekeeping::run_if_due() {
    const std::int64_t now = to_unix_ms(context_.wall_time());
    if (now - measured_at_ >= kMeasureEvery.count()) measure(now);
    if (now - cleaned_at_ >= kCleanEvery.count()) clean(now);
}

void Housekeeping::clean(std::int64_t now) {
    cleaned_at_ = now;
    const std::int64_t kept = milliseconds(options_.keep_sent).count();
    // What is sent again from the oldest row that is kept must still be known to have been seen.
    const auto removed = database_.write([&](Transaction& tx) {
        return std::max(outbox::remove_sent(tx, now - kept, kPortion),
                        inbox::forget_seen(tx, now - 2 * kept, kPortion));
    });
    if (removed >= kPortion) cleaned_at_ -= milliseconds(kCleanEvery - 1s).count();  // there is more
    bury_abandoned(now);
}

void Housekeeping::bury_abandoned(std::int64_t now) {
    const auto buried = database_.write([&](Transaction& tx) {
        const auto events = inbox::abandoned(tx, now - kAbandonedAfter.count(), kPortion);
        for (const Event& event : events) {
            inbox::bury(tx, event, event.attempt - 1, "failed, and was not delivered again", now);
        }
        return events;
    });
    for (const Event& event : buried) {
        meters_.deaths.add(1, {event.type});
        context_.log().error("an event that had failed was not delivered again: now a dead letter",
                             {{"event", event.id}, {"source", event.source}, {"type", event.type}});
    }
}

void Housekeeping::measure(std::int64_t now) {
    measured_at_ = now;
    const auto [backlog, dead] =
        database_.read([](Transaction& tx) { return std::pair(outbox::backlog(tx), inbox::count_dead(tx)); });
    const std::int64_t age =
        backlog.oldest_created_at ? std::max<std::int64_t>(now - *backlog.oldest_created_at, 0) : 0;
    meters_.backlog.set(static_cast<double>(backlog.count));
    meters_.oldest_age.set(static_cast<double>(age) / 1000.0);
    meters_.dead_letters.set(static_cast<double>(dead));
}

}  // namespace gatehouse::events

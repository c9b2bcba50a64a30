#include "gateway/base/timer_wheel.hpp"

#include <algorithm>

namespace gatehouse {

TimerWheel::~TimerWheel() {
    for (Entry*& head : slots_) {
        while (head != nullptr) unlink(*head);
    }
}

void TimerWheel::schedule(Entry& entry, TimePoint deadline) {
    const std::uint64_t tick = std::max(tick_of(deadline), current_tick_ + 1);
    entry.deadline_ = deadline;
    if (entry.wheel_ != nullptr) {
        if (tick >= entry.slot_tick_) return;  // found again, and moved, when its present slot comes up
        unlink(entry);
    }
    link(entry, tick);
}

void TimerWheel::cancel(Entry& entry) {
    if (entry.wheel_ != nullptr) unlink(entry);
}

void TimerWheel::advance(TimePoint now) {
    const std::uint64_t elapsed = now <= start_ ? 0 : static_cast<std::uint64_t>((now - start_) / kTick);
    if (elapsed <= current_tick_) return;
    const std::uint64_t steps = std::min<std::uint64_t>(elapsed - current_tick_, kSlots);
    const std::uint64_t first = elapsed - steps + 1;
    current_tick_ = elapsed;
    for (std::uint64_t tick = first; tick <= elapsed; ++tick) run_slot(tick % kSlots, now);
}

// Takes the due entries out one by one, looking at the list afresh after each callback, which may change it.
void TimerWheel::run_slot(std::size_t slot, TimePoint now) {
    for (Entry* entry = slots_[slot]; entry != nullptr;) {
        if (entry->slot_tick_ > current_tick_) {  // a later round
            entry = entry->next_;
            continue;
        }
        unlink(*entry);
        if (entry->deadline_ > now) {
            link(*entry, std::max(tick_of(entry->deadline_), current_tick_ + 1));
        } else {
            entry->callback_(entry->context_);
        }
        entry = slots_[slot];
    }
}

std::optional<TimePoint> TimerWheel::next_wakeup() const {
    if (size_ == 0) return std::nullopt;
    for (std::uint64_t tick = current_tick_ + 1; tick <= current_tick_ + kSlots; ++tick) {
        for (const Entry* entry = slots_[tick % kSlots]; entry != nullptr; entry = entry->next_) {
            if (entry->slot_tick_ <= tick) return start_ + kTick * static_cast<Duration::rep>(tick);
        }
    }
    return start_ + kTick * static_cast<Duration::rep>(current_tick_ + kSlots);
}

// The first tick that is not before `when`, so that nothing fires early.
std::uint64_t TimerWheel::tick_of(TimePoint when) const {
    if (when <= start_) return 0;
    const Duration distance = when - start_;  // not rounded by adding: TimePoint::max() is a fine deadline
    return static_cast<std::uint64_t>(distance / kTick) + (distance % kTick > Duration::zero() ? 1 : 0);
}

void TimerWheel::link(Entry& entry, std::uint64_t tick) {
    Entry*& head = slots_[tick % kSlots];
    entry.wheel_ = this;
    entry.slot_tick_ = tick;
    entry.previous_ = nullptr;
    entry.next_ = head;
    if (head != nullptr) head->previous_ = &entry;
    head = &entry;
    ++size_;
}

void TimerWheel::unlink(Entry& entry) {
    if (entry.previous_ != nullptr) {
        entry.previous_->next_ = entry.next_;
    } else {
        slots_[entry.slot_tick_ % kSlots] = entry.next_;
    }
    if (entry.next_ != nullptr) entry.next_->previous_ = entry.previous_;
    entry.previous_ = entry.next_ = nullptr;
    entry.wheel_ = nullptr;
    --size_;
}

}  // namespace gatehouse

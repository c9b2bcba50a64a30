#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "gateway/base/time.hpp"

namespace gatehouse {

// Many coarse deadlines, cheaply: one per connection and request, nearly all of which are moved or cancelled and never
// expire. Moving a deadline later only stores the new time; the entry is looked at again when its old slot comes up.
//
//   slot:   [0]    [1]    [2]  ...  [511]     one slot per tick (10 ms); later rounds share slots
//            |      |
//          entry  entry <-> entry            intrusive lists: no allocation
//
// Sans-IO and single-threaded: the owner calls advance(). An entry fires at or up to one tick after its deadline.
class TimerWheel final {
public:
    static constexpr Duration kTick = 10ms;

    class Entry {
    public:
        using Callback = void (*)(void* context);
        Entry(Callback callback, void* context) : callback_(callback), context_(context) {}
        ~Entry() {
            if (wheel_ != nullptr) wheel_->cancel(*this);
        }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        bool is_scheduled() const { return wheel_ != nullptr; }
        TimePoint deadline() const { return deadline_; }

    private:
        friend class TimerWheel;
        Callback callback_;
        void* context_;
        TimerWheel* wheel_ = nullptr;
        Entry* previous_ = nullptr;
        Entry* next_ = nullptr;
        std::uint64_t slot_tick_ = 0;  // tick at which the slot that holds this entry comes up
        TimePoint deadline_{};
    };

    explicit TimerWheel(TimePoint start) : start_(start) {}
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;
    ~TimerWheel();

    // Sets or moves the deadline.
    void schedule(Entry& entry, TimePoint deadline);
    void cancel(Entry& entry);

    // Runs the callback of every entry that is due; a callback may schedule, cancel and destroy entries.
    void advance(TimePoint now);

    // When advance() has to be called next; empty when nothing is scheduled.
    std::optional<TimePoint> next_wakeup() const;

private:
    static constexpr std::size_t kSlots = 512;
    std::uint64_t tick_of(TimePoint when) const;
    void link(Entry& entry, std::uint64_t tick);
    void unlink(Entry& entry);
    void run_slot(std::size_t slot, TimePoint now);

    TimePoint start_;
    std::uint64_t current_tick_ = 0;  // last tick that advance() has run
    std::size_t size_ = 0;
    std::array<Entry*, kSlots> slots_{};
};

}  // namespace gatehouse

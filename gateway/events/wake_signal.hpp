#pragma once

namespace gatehouse::events {

// Wakes a thread that waits in poll(): an eventfd.
class WakeSignal final {
public:
    WakeSignal();
    ~WakeSignal();
    WakeSignal(const WakeSignal&) = delete;
    WakeSignal& operator=(const WakeSignal&) = delete;

    void set();    // [any]
    void clear();  // by the thread that waits
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace gatehouse::events

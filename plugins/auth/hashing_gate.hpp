// At most so many password hashes at a time: each takes 19 MiB and tens of milliseconds of a core. The rest waits in a
// bounded queue, and beyond that is turned away, so that a flood of logins cannot take the machine.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace auth {

// Thread-safe.
class HashingGate final {
public:
    struct Rules {
        int concurrent = 2;
        int waiting_max = 64;
        std::chrono::milliseconds patience{5'000};
    };

    // Held while hashing.
    class Pass final {
    public:
        explicit Pass(HashingGate& gate) : gate_(&gate) {}
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&&) = delete;
        ~Pass();

    private:
        HashingGate* gate_;
    };

    explicit HashingGate(Rules rules) : rules_(rules) {}

    // Empty when the queue is full or patience runs out.
    [[nodiscard]] std::optional<Pass> enter();

private:
    void leave();

    const Rules rules_;
    std::mutex mutex_;
    std::condition_variable freed_;
    int running_ = 0;
    int waiting_ = 0;
};

}  // namespace auth

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace gatehouse::observe {

// Where log lines end: standard output, standard error or a file. Used by one writer thread.
class Output final {
public:
    enum class Target : std::uint8_t { standard_output, standard_error, file, none };

    Output(Target target, std::string file);
    // Writes to a descriptor that stays the caller's.
    explicit Output(int descriptor);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    // Writes everything or, when the output is broken or cannot take it, part of it; false then. Waits for a slow pipe
    // as long as it takes, or, once give_up_at() was called, until that time.  [one writer]
    bool write(std::string_view text);
    bool is_open() const { return descriptor_ >= 0; }

    // The next write opens the file again.  [any]
    void reopen() { reopen_.store(true, std::memory_order_relaxed); }
    // No write waits longer than until then.  [any]
    void give_up_at(std::chrono::steady_clock::time_point when);

private:
    void open_file();
    bool wait_until_writable() const;

    Target target_;
    std::string file_;
    int descriptor_ = -1;
    std::atomic<bool> reopen_{false};
    std::atomic<std::int64_t> give_up_at_;
};

}  // namespace gatehouse::observe

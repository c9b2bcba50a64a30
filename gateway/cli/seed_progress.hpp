#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>

namespace gatehouse::cli {

// Says on stderr how far a long work is that has several parts at a time: a bar with rate and time left on a terminal,
// plain lines now and then elsewhere.  [any thread]
class SeedProgress final {
public:
    using Clock = std::chrono::steady_clock;

    explicit SeedProgress(bool is_terminal) : is_terminal_(is_terminal) {}
    ~SeedProgress();  // leaves no half a line
    SeedProgress(const SeedProgress&) = delete;
    SeedProgress& operator=(const SeedProgress&) = delete;

    class Part;
    // name: "posts: likes"
    Part& begin(std::string name, std::int64_t count);
    void advance(Part& part, std::int64_t count);
    void end(Part& part);

    class Part final {
        friend class SeedProgress;
        std::string name;
        std::int64_t count = 0, done = 0;
        Clock::time_point begun;
        bool is_over = false;
    };

private:
    void show(Clock::time_point now);
    void clear();

    const bool is_terminal_;
    std::mutex mutex_;
    std::list<Part> parts_;      // guarded by mutex_
    Clock::time_point shown_{};  // guarded by mutex_
    bool is_line_open_ = false;  // guarded by mutex_
};

// "1,234,567" and "1:05"; for tests as well.
[[nodiscard]] std::string with_commas(std::int64_t number);
[[nodiscard]] std::string minutes_and_seconds(double seconds);

}  // namespace gatehouse::cli

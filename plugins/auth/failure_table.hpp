// Counts failures per subject, in bounded memory, and says how long a subject has to wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

namespace auth {

struct BackoffRules {
    int free_failures = 5;  // the one that completes this number starts the first delay; 0 switches it off
    std::chrono::milliseconds first_delay{1'000};
    std::chrono::milliseconds longest_delay{15 * 60 * 1'000};
    std::chrono::milliseconds memory{30 * 60 * 1'000};  // after the last failure
    std::size_t subjects_max = 100'000;                 // beyond, the one that failed longest ago is forgotten
};

// One thread at a time; the caller locks. `now` is any steady count of milliseconds.
class FailureTable final {
public:
    using Now = std::chrono::milliseconds;

    explicit FailureTable(BackoffRules rules) : rules_(rules) {}

    // Zero = go ahead. Doubles from first_delay with every failure after the free ones.
    [[nodiscard]] std::chrono::milliseconds wait(std::string_view subject, Now now) const;
    [[nodiscard]] bool has_failed(std::string_view subject, Now now) const;
    void failed(std::string_view subject, Now now);
    void forget(std::string_view subject);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::uint64_t subject;
        int failures;
        Now last;
    };
    using Entries = std::list<Entry>;  // the one that failed last is in front

    std::chrono::milliseconds delay_after(int failures) const;
    const Entry* find(std::string_view subject, Now now) const;
    void drop_oldest(Now now);

    const BackoffRules rules_;
    Entries entries_;
    std::unordered_map<std::uint64_t, Entries::iterator> index_;
};

}  // namespace auth

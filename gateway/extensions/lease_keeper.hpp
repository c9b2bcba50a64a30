#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/extensions/lease_store.hpp"

namespace gatehouse::extensions {

// Gets leases, renews them in time and says when one is gained or lost. Decides; somebody else has to call step().
//
//            wanted                 answer: held              not wanted, no work inside
//   idle ------------> waiting ---------------------> held -----------------------------> leaving
//     ^                   ^                             |  renewal failed, or no answer      |  the holder was told:
//     +-------------------+------- lost ----------------+  until it is nearly over           |  release in the store
//     +--------------------------------------------------------------------------------------+
//
// A tenure is believed from the moment its acquiring or renewing was *sent*, for three quarters of its time to live;
// the last quarter is for telling the holder. Each tenure has an owner text of its own, so that a late command of an
// earlier one cannot touch it.
class LeaseKeeper final {
public:
    enum class Change : std::uint8_t { gained, lost, ended };
    // Called with the lock held, by step() or by the function that caused it: pass it on and return. told is empty, or
    // is to be called once the holder knows: only then is the lease given to others.
    using OnChange = std::function<void(Change change, std::uint64_t token, std::function<void()> told)>;

    struct Options {
        LeaseStore* store = nullptr;
        std::function<TimePoint()> now = [] { return Clock::now(); };
        std::function<void()> wake = [] {};  // step() has something to do; any thread, a lock may be held
    };
    explicit LeaseKeeper(Options options);

    // All [any].
    void add(std::uint64_t id, LeaseName name, std::chrono::milliseconds ttl, OnChange on_change);
    enum class Want : std::uint8_t { yes, no, not_even_to_finish };
    void set_wanted(std::uint64_t id, Want want);  // after add(): no
    void release(std::uint64_t id);                // tells ended before it returns
    void forget(std::uint64_t id);                 // nothing follows
    bool enter(std::uint64_t id, std::uint64_t* token);
    void leave(std::uint64_t id);

    // Does what is due; gives the time of the next thing.  One thread at a time.
    TimePoint step();
    // Releases that the store has not confirmed yet.
    std::size_t releasing() const;

private:
    enum class Phase : std::uint8_t { idle, waiting, held, leaving };
    struct Entry {
        std::uint64_t id = 0;
        LeaseName name;
        std::chrono::milliseconds ttl{0};
        OnChange on_change;
        Phase phase = Phase::idle;
        Want want = Want::no;
        bool is_released = false;
        bool is_asked = false;  // an acquire or a renew is under way
        bool was_told = false;
        std::uint32_t inside = 0;
        std::string owner;
        std::uint64_t token = 0;
        TimePoint sent{}, next_try{}, valid_until{};
    };
    struct Heard {
        std::uint64_t id;
        std::string owner;
        LeaseName name;
        LeaseStore::Answer answer;
        bool is_release;
    };
    using Commands = std::vector<std::function<void()>>;

    void hear(const Heard& heard, TimePoint now, Commands& commands);
    void take(Entry& entry, std::uint64_t token, TimePoint now, Commands& commands);
    void settle(Entry& entry);
    bool consider(Entry& entry, TimePoint now, Commands& commands);
    void consider_held(Entry& entry, TimePoint now, Commands& commands);
    void lose(Entry& entry, TimePoint now, Commands& commands);
    void begin_leaving(Entry& entry);
    void ask(Entry& entry, TimePoint now, Commands& commands);
    void release_in_store(const LeaseName& name, const std::string& owner, Commands& commands);
    TimePoint next_of(const Entry& entry) const;
    void told(std::uint64_t id, const std::string& owner);

    Options options_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Entry> entries_;
    std::vector<Heard> heard_;
    std::size_t releasing_ = 0;
};

}  // namespace gatehouse::extensions

#include "gateway/extensions/lease_keeper.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace gatehouse::extensions {

namespace {

constexpr Duration kRetryMax = 5s;

// 128 random bits: no two tenures anywhere have the same.
std::string make_owner() {
    std::random_device device;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string owner;
    for (int word = 0; word < 4; ++word) {
        for (auto [bits, digit] = std::pair(device(), 0); digit < 8; ++digit, bits >>= 4) owner += kDigits[bits & 15];
    }
    return owner;
}

// Spread, so that processes that lost a lease together do not ask in step.
Duration until_retry(std::chrono::milliseconds ttl) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const Duration pause = std::min<Duration>(ttl / 4, kRetryMax);
    return pause * std::uniform_int_distribution<int>(80, 120)(random) / 100;
}

Duration lifetime(std::chrono::milliseconds ttl) { return ttl * 3 / 4; }

}  // namespace

LeaseKeeper::LeaseKeeper(Options options) : options_(std::move(options)) {}

void LeaseKeeper::add(std::uint64_t id, LeaseName name, std::chrono::milliseconds ttl, OnChange on_change) {
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[id];
    entry.id = id;
    entry.name = std::move(name);
    entry.ttl = ttl;
    entry.on_change = std::move(on_change);
}

void LeaseKeeper::set_wanted(std::uint64_t id, Want want) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.is_released) return;
    Entry& entry = found->second;
    if (want == Want::yes && entry.want != Want::yes) entry.next_try = options_.now();
    entry.want = want;
    settle(entry);
    options_.wake();
}

void LeaseKeeper::release(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.is_released) return;
    Entry& entry = found->second;
    entry.is_released = true;
    entry.want = Want::not_even_to_finish;
    switch (entry.phase) {
        case Phase::held: begin_leaving(entry); break;
        case Phase::leaving: entry.on_change(Change::ended, 0, {}); break;
        case Phase::idle:
        case Phase::waiting:  // an answer that is still to come finds nobody
            entry.on_change(Change::ended, 0, {});
            entries_.erase(found);
            break;
    }
    options_.wake();
}

void LeaseKeeper::forget(std::uint64_t id) {
    Commands commands;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = entries_.find(id);
        if (found == entries_.end()) return;
        const Entry& entry = found->second;
        if (entry.phase == Phase::held || entry.phase == Phase::leaving) {
            release_in_store(entry.name, entry.owner, commands);
        }
        entries_.erase(found);
    }
    for (const auto& command : commands) command();
}

bool LeaseKeeper::enter(std::uint64_t id, std::uint64_t* token) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    Entry& entry = found->second;
    if (entry.phase != Phase::held || entry.want != Want::yes || options_.now() >= entry.valid_until) return false;
    ++entry.inside;
    if (token != nullptr) *token = entry.token;
    return true;
}

void LeaseKeeper::leave(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.inside == 0) return;
    --found->second.inside;
    settle(found->second);
    options_.wake();
}

TimePoint LeaseKeeper::step() {
    Commands commands;
    TimePoint next = TimePoint::max();
    {
        const std::scoped_lock lock(mutex_);
        const TimePoint now = options_.now();
        for (const Heard& heard : std::exchange(heard_, {})) hear(heard, now, commands);
        for (auto each = entries_.begin(); each != entries_.end();) {
            if (consider(each->second, now, commands)) {
                next = std::min(next, next_of(each->second));
                ++each;
            } else {
                each = entries_.erase(each);
            }
        }
    }
    for (const auto& command : commands) command();  // a store may answer at once
    return next;
}

void LeaseKeeper::hear(const Heard& heard, TimePoint now, Commands& commands) {
    if (heard.is_release) {
        --releasing_;
        for (auto& [id, other] : entries_) {  // who waits here need not wait longer
            if (other.phase == Phase::waiting && other.name == heard.name) other.next_try = now;
        }
        return;
    }
    const auto found = entries_.find(heard.id);
    const bool is_current = found != entries_.end() && found->second.owner == heard.owner &&
                            (found->second.phase == Phase::waiting || found->second.phase == Phase::held);
    if (!is_current) {
        // Nobody wants it any more; with no answer it may be ours all the same.
        if (heard.answer.verdict != LeaseStore::Verdict::taken) release_in_store(heard.name, heard.owner, commands);
        return;
    }
    Entry& entry = found->second;
    entry.is_asked = false;
    if (heard.answer.verdict == LeaseStore::Verdict::held) return take(entry, heard.answer.token, now, commands);
    entry.next_try = now + until_retry(entry.ttl);
    if (entry.phase == Phase::held) {
        if (heard.answer.verdict == LeaseStore::Verdict::taken) return lose(entry, now, commands);
        entry.next_try = now + until_retry(entry.ttl) / 3;
    }
}

void LeaseKeeper::take(Entry& entry, std::uint64_t token, TimePoint now, Commands& commands) {
    const TimePoint valid_until = entry.sent + lifetime(entry.ttl);
    if (now >= valid_until) return lose(entry, now, commands);  // the answer came too late to be worth anything
    entry.valid_until = valid_until;
    entry.next_try = entry.sent + Duration(entry.ttl) / 3;
    if (entry.phase == Phase::held) return;
    entry.phase = Phase::held;
    entry.token = token;
    entry.inside = 0;
    entry.on_change(Change::gained, token, {});
}

// False: it is over and to be erased.
bool LeaseKeeper::consider(Entry& entry, TimePoint now, Commands& commands) {
    if (entry.phase == Phase::held) consider_held(entry, now, commands);
    if (entry.phase == Phase::leaving) {
        if (!entry.was_told) return true;
        release_in_store(entry.name, entry.owner, commands);
        if (entry.is_released) return false;
        entry.phase = Phase::idle;
    }
    if (entry.phase == Phase::idle && entry.want == Want::yes) {
        entry.phase = Phase::waiting;
        entry.owner = make_owner();
        entry.is_asked = false;
        entry.next_try = std::max(entry.next_try, now);
    }
    if (entry.phase == Phase::waiting && !entry.is_asked && now >= entry.next_try) ask(entry, now, commands);
    return true;
}

// At once, on the caller's thread: what a generation is told because it ends must be on its way before it ends.
void LeaseKeeper::settle(Entry& entry) {
    if (entry.phase == Phase::waiting && entry.want != Want::yes) entry.phase = Phase::idle;
    const bool may_leave = entry.want == Want::not_even_to_finish || (entry.want == Want::no && entry.inside == 0);
    if (entry.phase == Phase::held && may_leave) begin_leaving(entry);
}

void LeaseKeeper::consider_held(Entry& entry, TimePoint now, Commands& commands) {
    if (now >= entry.valid_until) {
        lose(entry, now, commands);
    } else if (!entry.is_asked && now >= entry.next_try) {
        ask(entry, now, commands);
    }
}

// Not of our own accord. What the store thinks is unknown, so it is told.
void LeaseKeeper::lose(Entry& entry, TimePoint now, Commands& commands) {
    if (entry.phase == Phase::held) entry.on_change(Change::lost, 0, {});
    release_in_store(entry.name, entry.owner, commands);
    entry.phase = Phase::idle;
    entry.inside = 0;
    entry.next_try = now + until_retry(entry.ttl);
}

void LeaseKeeper::begin_leaving(Entry& entry) {
    entry.phase = Phase::leaving;
    entry.was_told = false;
    entry.inside = 0;
    entry.next_try = TimePoint{};
    entry.on_change(entry.is_released ? Change::ended : Change::lost, 0,
                    [this, id = entry.id, owner = entry.owner] { told(id, owner); });
}

void LeaseKeeper::told(std::uint64_t id, const std::string& owner) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.owner != owner) return;
    found->second.was_told = true;
    options_.wake();
}

void LeaseKeeper::ask(Entry& entry, TimePoint now, Commands& commands) {
    entry.is_asked = true;
    entry.sent = now;
    const auto answered = [this, id = entry.id, owner = entry.owner, name = entry.name](LeaseStore::Answer answer) {
        const std::scoped_lock lock(mutex_);
        heard_.push_back({id, owner, name, answer, false});
        options_.wake();
    };
    const bool is_renewal = entry.phase == Phase::held;
    commands.push_back([this, is_renewal, name = entry.name, owner = entry.owner, ttl = entry.ttl, answered] {
        if (is_renewal) {
            options_.store->renew(name, owner, ttl, answered);
        } else {
            options_.store->acquire(name, owner, ttl, answered);
        }
    });
}

void LeaseKeeper::release_in_store(const LeaseName& name, const std::string& owner, Commands& commands) {
    ++releasing_;
    commands.push_back([this, name, owner] {
        options_.store->release(name, owner, [this, name, owner](LeaseStore::Answer answer) {
            const std::scoped_lock lock(mutex_);
            heard_.push_back({0, owner, name, answer, true});
            options_.wake();
        });
    });
}

TimePoint LeaseKeeper::next_of(const Entry& entry) const {
    const TimePoint next_try = entry.is_asked ? TimePoint::max() : entry.next_try;
    switch (entry.phase) {
        case Phase::waiting: return next_try;
        case Phase::held: return std::min(next_try, entry.valid_until);
        case Phase::idle:
        case Phase::leaving: break;
    }
    return TimePoint::max();
}

std::size_t LeaseKeeper::releasing() const {
    const std::scoped_lock lock(mutex_);
    return releasing_;
}

}  // namespace gatehouse::extensions

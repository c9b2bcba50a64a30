#include "sdk/testing/lease_table.hpp"

#include <algorithm>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

constexpr std::uint64_t kIdMark = std::uint64_t{1} << 63;  // apart from the ids of timers and holds

gh_status acquire(const gh_host* host, gh_str name, std::uint64_t ttl_ms, gh_loop*, gh_lease_change on_change,
                  void* context, gh_op* op) {
    if (on_change == nullptr || op == nullptr || name.len == 0 || name.len > GH_LEASE_NAME_MAX ||
        ttl_ms < GH_LEASE_TTL_MIN_MS || ttl_ms > GH_LEASE_TTL_MAX_MS) {
        return GH_E_INVALID;
    }
    return state_of(host).leases.acquire(state_of(host), name, on_change, context, op);
}

void release(const gh_host* host, gh_op op) { state_of(host).leases.release(state_of(host), op.id); }

gh_status enter(const gh_host* host, gh_op op, std::uint64_t* token) {
    return state_of(host).leases.enter(op.id, token) ? GH_OK : GH_E_STATE;
}

void leave(const gh_host* host, gh_op op) { state_of(host).leases.leave(state_of(host), op.id); }

}  // namespace

gh_status TestLeases::acquire(TestHost::State& state, gh_str name, gh_lease_change on_change, void* context,
                              gh_op* op) {
    const std::scoped_lock lock(mutex_);
    op->id = kIdMark | ++last_;
    entries_[op->id] = {to_string(name), on_change, context, 0, 0};
    settle(state, Force::no);
    return GH_PENDING;
}

void TestLeases::release(TestHost::State& state, std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    tell(state, found->second, GH_LEASE_ENDED, 0);
    entries_.erase(found);
    settle(state, Force::no);
}

bool TestLeases::enter(std::uint64_t id, std::uint64_t* token) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.token == 0 || !is_active_) return false;
    ++found->second.inside;
    if (token != nullptr) *token = found->second.token;
    return true;
}

void TestLeases::leave(TestHost::State& state, std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    if (found->second.inside-- == 0) {
        found->second.inside = 0;
        if (found->second.token != 0) state.violate("lease: leave() without enter()");
    }
    settle(state, Force::no);
}

void TestLeases::set_active(TestHost::State& state, bool active) {
    const std::scoped_lock lock(mutex_);
    is_active_ = active;
    settle(state, Force::no);
}

void TestLeases::take(TestHost::State& state, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    taken_.insert(name);
    settle(state, Force::yes);
}

void TestLeases::give_back(TestHost::State& state, const std::string& name) {
    const std::scoped_lock lock(mutex_);
    taken_.erase(name);
    settle(state, Force::no);
}

bool TestLeases::is_held(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const auto& each) { return each.second.name == name && each.second.token != 0; });
}

// Losses first, so that a name is free when the next one asks. force: also where there is work inside.
void TestLeases::settle(TestHost::State& state, Force force) {
    std::set<std::string> held = taken_;
    for (auto& [id, entry] : entries_) {
        if (entry.token == 0) continue;
        const bool is_over = taken_.contains(entry.name) || !is_active_;
        if (is_over && (entry.inside == 0 || force == Force::yes)) {
            entry.token = 0;
            entry.inside = 0;
            tell(state, entry, GH_LEASE_LOST, 0);
        } else {
            held.insert(entry.name);
        }
    }
    for (auto& [id, entry] : entries_) {
        if (entry.token != 0 || !is_active_ || !held.insert(entry.name).second) continue;
        entry.token = ++last_;
        tell(state, entry, GH_LEASE_GAINED, entry.token);
    }
}

void TestLeases::tell(TestHost::State& state, const Entry& entry, std::int32_t change, std::uint64_t token) {
    state.queue(true, [on_change = entry.on_change, context = entry.context, change, token] {
        on_change(context, change, token);
    });
}

void fill_lease_table(gh_lease& table) {
    table = {sizeof(gh_lease), 0, &testing::acquire, &testing::release, &testing::enter, &testing::leave};
}

void TestHost::take_lease(const std::string& name) {
    state_->leases.take(*state_, name);
    pump();
}
void TestHost::give_back_lease(const std::string& name) {
    state_->leases.give_back(*state_, name);
    pump();
}
bool TestHost::holds_lease(const std::string& name) { return state_->leases.is_held(name); }

void TestHost::pump() {
    while (state_->run_one()) {
    }
}

}  // namespace gatehouse::testing

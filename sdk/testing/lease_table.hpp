// gh.lease/1 of the test host: the plugin holds what it wants, unless the test gives it to somebody else.
#pragma once

#include <gatehouse/ext/lease.h>
#include <gatehouse/testing.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace gatehouse::testing {

// Callbacks are queued with the lock held: in order, and never inside a call of the plugin's.
class TestLeases {
public:
    gh_status acquire(TestHost::State& state, gh_str name, gh_lease_change on_change, void* context, gh_op* op);
    void release(TestHost::State& state, std::uint64_t id);
    bool enter(std::uint64_t id, std::uint64_t* token);
    void leave(TestHost::State& state, std::uint64_t id);

    void set_active(TestHost::State& state, bool active);  // the generation takes the requests, or does no more
    void take(TestHost::State& state, const std::string& name);
    void give_back(TestHost::State& state, const std::string& name);
    bool is_held(const std::string& name);

private:
    struct Entry {
        std::string name;
        gh_lease_change on_change = nullptr;
        void* context = nullptr;
        std::uint64_t token = 0;  // 0: not held
        int inside = 0;
    };
    enum class Force { no, yes };
    void settle(TestHost::State& state, Force force);
    void tell(TestHost::State& state, const Entry& entry, std::int32_t change, std::uint64_t token);

    std::mutex mutex_;
    std::map<std::uint64_t, Entry> entries_;
    std::set<std::string> taken_;  // by somebody else
    std::uint64_t last_ = 0;       // id or token
    bool is_active_ = false;
};

void fill_lease_table(gh_lease& table);

}  // namespace gatehouse::testing

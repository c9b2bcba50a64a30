#pragma once

#include <gatehouse/ext/lease.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "gateway/extensions/lease_runner.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/observe/metrics.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::extensions {

// "gh.lease/1" over a store: only active generations hold leases. Counts what is held and how it changes.
class LeaseExtension final : public host::Extension {
public:
    static constexpr const char kId[] = GH_EXT_LEASE;

    // store outlives this.
    LeaseExtension(LeaseStore& store, observe::Metrics& metrics);
    ~LeaseExtension() override;

    const char* id() const override { return kId; }
    const void* table() const override;
    void attach(host::Generation& generation) override;
    void activate(host::Generation& generation) override { set_wanted(generation, LeaseKeeper::Want::yes); }
    void deactivate(host::Generation& generation) override { set_wanted(generation, LeaseKeeper::Want::no); }
    void cancel(host::Generation& generation) override {
        set_wanted(generation, LeaseKeeper::Want::not_even_to_finish);
    }
    void detach(host::Generation& generation) override;

private:
    struct Functions;
    struct Member {  // one generation
        LeaseKeeper::Want want = LeaseKeeper::Want::no;
        std::set<std::uint64_t> leases;
    };
    struct Counters {
        observe::Counter gained, lost;
        observe::Gauge held;
    };
    gh_status acquire(const gh_host* host, gh_str name, std::uint64_t ttl_ms, gh_loop* loop, gh_lease_change on_change,
                      void* context, gh_op* op);
    void release(const host::Generation& generation, std::uint64_t id);
    void set_wanted(const host::Generation& generation, LeaseKeeper::Want want);
    Counters counters(const std::string& service, const std::string& lease);

    observe::Metrics& metrics_;
    observe::Metrics::Family held_, changes_;
    std::atomic<std::uint64_t> next_id_{1};
    std::mutex mutex_;  // members_; taken before the keeper's
    std::map<const host::Generation*, Member> members_;
    LeaseRunner runner_;
};

}  // namespace gatehouse::extensions

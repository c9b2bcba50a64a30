#include "gateway/extensions/lease_extension.hpp"

#include <array>
#include <memory>
#include <utility>

#include "gateway/base/io_loop.hpp"
#include "gateway/extensions/abi_checks.hpp"
#include "gateway/extensions/metric.hpp"
#include "gateway/host/generation.hpp"
#include "gateway/host/host_table.hpp"

namespace gatehouse::extensions {

namespace {

// Ids of operations of the core never have the highest bit, and no loop has this index: cancel() and unhold() of a
// lease find nothing.
constexpr std::uint64_t kIdMark = std::uint64_t{1} << 63;
constexpr std::uint64_t to_id(std::uint64_t number) { return kIdMark | number << 8 | 0xff; }

std::int32_t to_abi(LeaseKeeper::Change change) {
    switch (change) {
        case LeaseKeeper::Change::gained: return GH_LEASE_GAINED;
        case LeaseKeeper::Change::lost: return GH_LEASE_LOST;
        case LeaseKeeper::Change::ended: return GH_LEASE_ENDED;
    }
    return 0;
}

}  // namespace

struct LeaseExtension::Functions {
    static LeaseExtension& self_of(const gh_host* host) { return host::HostTable::of(host).behind<LeaseExtension>(); }
    static gh_status acquire(const gh_host* host, gh_str name, std::uint64_t ttl_ms, gh_loop* loop,
                             gh_lease_change on_change, void* context, gh_op* op) {
        return self_of(host).acquire(host, name, ttl_ms, loop, on_change, context, op);
    }
    static void release(const gh_host* host, gh_op op) {
        self_of(host).release(host::HostTable::of(host).generation(), op.id);
    }
    static gh_status enter(const gh_host* host, gh_op op, std::uint64_t* token) {
        return self_of(host).runner_.keeper().enter(op.id, token) ? GH_OK : GH_E_STATE;
    }
    static void leave(const gh_host* host, gh_op op) { self_of(host).runner_.keeper().leave(op.id); }
};

LeaseExtension::LeaseExtension(LeaseStore& store, observe::Metrics& metrics)
    : metrics_(metrics),
      held_(define_metric(metrics, observe::MetricKind::gauge, "gatehouse_lease_held",
                          "1 while this process holds the lease.", {"service", "lease"})),
      changes_(define_metric(metrics, observe::MetricKind::counter, "gatehouse_lease_changes_total",
                             "Leases that were gained, or lost or given up.", {"service", "lease", "change"})),
      runner_(store) {}

LeaseExtension::~LeaseExtension() = default;

const void* LeaseExtension::table() const {
    static const gh_lease table{sizeof(gh_lease), 0, &Functions::acquire, &Functions::release, &Functions::enter,
                                &Functions::leave};
    return &table;
}

void LeaseExtension::attach(host::Generation& generation) {
    const std::scoped_lock lock(mutex_);
    members_[&generation];
}

void LeaseExtension::detach(host::Generation& generation) {
    const std::scoped_lock lock(mutex_);
    const auto member = members_.find(&generation);
    if (member == members_.end()) return;
    for (const std::uint64_t id : member->second.leases) runner_.keeper().forget(id);
    members_.erase(member);
}

void LeaseExtension::set_wanted(const host::Generation& generation, LeaseKeeper::Want want) {
    const std::scoped_lock lock(mutex_);
    const auto member = members_.find(&generation);
    if (member == members_.end()) return;
    member->second.want = want;
    for (const std::uint64_t id : member->second.leases) runner_.keeper().set_wanted(id, want);
}

gh_status LeaseExtension::acquire(const gh_host* host, gh_str name, std::uint64_t ttl_ms, gh_loop* loop,
                                  gh_lease_change on_change, void* context, gh_op* op) {
    if (on_change == nullptr || op == nullptr || name.len == 0 || name.len > GH_LEASE_NAME_MAX ||
        ttl_ms < GH_LEASE_TTL_MIN_MS || ttl_ms > GH_LEASE_TTL_MAX_MS) {
        return GH_E_INVALID;
    }
    host::HostTable& table = host::HostTable::of(host);
    IoLoop* told_on = loop != nullptr ? reinterpret_cast<IoLoop*>(loop) : IoLoop::current();
    if (told_on == nullptr) told_on = table.loops().front();
    LeaseName lease{table.service(), std::string(to_view(name))};
    const Counters counted = counters(lease.service, lease.name);
    auto& operations = table.operations();
    auto pass_on = [&operations, told_on, on_change, context, counted, holds = false](
                       LeaseKeeper::Change change, std::uint64_t token, std::function<void()> told) mutable {
        if (holds) counted.lost.add();
        holds = change == LeaseKeeper::Change::gained;
        if (holds) counted.gained.add();
        counted.held.set(holds ? 1 : 0);
        operations.begin();
        told_on->post([&operations, on_change, context, change, token, told = std::move(told)] {
            on_change(context, to_abi(change), token);
            if (told) told();
            operations.end();
        });
    };
    const std::scoped_lock lock(mutex_);
    const auto member = members_.find(&table.generation());
    if (member == members_.end()) return GH_E_STATE;
    op->id = to_id(next_id_.fetch_add(1));
    member->second.leases.insert(op->id);
    runner_.keeper().add(op->id, std::move(lease), std::chrono::milliseconds(ttl_ms), std::move(pass_on));
    runner_.keeper().set_wanted(op->id, member->second.want);
    return GH_PENDING;
}

void LeaseExtension::release(const host::Generation& generation, std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto member = members_.find(&generation);
    if (member == members_.end() || member->second.leases.erase(id) == 0) return;
    runner_.keeper().release(id);
}

LeaseExtension::Counters LeaseExtension::counters(const std::string& service, const std::string& lease) {
    const std::array<std::string_view, 2> held = {service, lease};
    const std::array<std::string_view, 3> gained = {service, lease, "gained"};
    const std::array<std::string_view, 3> lost = {service, lease, "lost"};
    return {metrics_.counter(changes_, gained), metrics_.counter(changes_, lost), metrics_.gauge(held_, held)};
}

}  // namespace gatehouse::extensions

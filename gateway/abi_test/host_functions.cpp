// gh_host as the plugin under test sees it: every argument, phase and thread is checked.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "gateway/abi_test/request.hpp"
#include "gateway/host/plugin_route.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr std::uint32_t kRouteFlags =
    GH_ROUTE_STREAM_IN | GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_INTERNAL | GH_ROUTE_BLOCKING;
constexpr std::uint64_t kSleepMax = 366ull * 86'400 * 1'000'000'000;

std::string text_of(gh_str text) { return text.len == 0 ? std::string() : std::string(text.ptr, text.len); }
bool is_str(gh_str text) { return text.ptr != nullptr || text.len == 0; }

}  // namespace

Thread* Instance::loop_of(gh_loop* loop) const {
    for (std::size_t i = 0; i < World::kLoops; ++i) {
        if (loop == reinterpret_cast<gh_loop*>(&world_.loop(i))) return &world_.loop(i);
    }
    return nullptr;
}

gh_status Instance::sleep(gh_loop* loop, std::uint64_t ns, gh_done done, void* context, gh_op* op) {
    Thread* const target = loop_of(loop);
    if (target == nullptr || done == nullptr || ns > kSleepMax) {
        violate(rule::kOperations, "sleep() without a loop or a callback, or for more than a year");
        return GH_E_INVALID;
    }
    if (count_call()) return GH_E_LIMIT;
    const bool is_to_be_canceled = count_await();
    begin_operation();
    std::uint64_t id = 0;
    {
        const std::scoped_lock lock(mutex_);
        id = next_id_++;
        timers_[id] = {target, done, context};
    }
    if (op != nullptr) op->id = id;
    if (is_to_be_canceled) {
        target->post([this, id] { fire(id, GH_E_CANCELED); });
    } else {
        world_.add_timer(*target, world_.now_ns() + ns, id, [this, id] { fire(id, GH_OK); });
    }
    return GH_PENDING;
}

void Instance::fire(std::uint64_t id, gh_status status) {
    Timer timer{};
    {
        const std::scoped_lock lock(mutex_);
        const auto found = timers_.find(id);
        if (found == timers_.end()) return;
        timer = found->second;
        timers_.erase(found);
    }
    call_done("a timer's callback", timer.done, timer.context, status);
    end_operation();
}

void Instance::cancel(gh_op op) {
    if (op.id == 0) return;
    Thread* loop = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        if (op.id < 0x1000 || op.id >= next_id_) {
            return violate(rule::kOperations, "cancel() or unhold() of an operation that it never had");
        }
        const auto found = timers_.find(op.id);
        if (found == timers_.end()) return;  // stale: ended before
        loop = found->second.loop;
    }
    if (!world_.remove_timer(op.id)) return;  // already on its way
    loop->post([this, id = op.id] { fire(id, manner_.loses_cancels ? GH_OK : GH_E_CANCELED); });
}

void Instance::cancel_all() {
    canceled_ = true;
    std::vector<std::uint64_t> ids;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [id, timer] : timers_) ids.push_back(id);
    }
    for (const std::uint64_t id : ids) cancel({id});
}

struct HostFunctions {
    static Instance& alive(const gh_host* host, const char* function) {
        Instance& instance = Instance::of(host);
        if (!instance.is_alive())
            instance.violate(rule::kLeftovers, std::string("calls ") + function + "() after destroy()");
        return instance;
    }

    // R2, R3: no smaller than in 1.0, and nothing that this host does not know.
    template <class Struct>
    static gh_status check(Instance& instance, const Struct* value, const char* what) {
        if (value == nullptr || value->size < kFirstSize<Struct>) {
            instance.violate(rule::kRegistration, std::string(what) + ": size is smaller than in ABI 1.0");
            return GH_E_INVALID;
        }
        const auto* const octets = reinterpret_cast<const unsigned char*>(value);
        if (std::all_of(octets + sizeof(Struct), octets + std::max<std::size_t>(value->size, sizeof(Struct)),
                        [](unsigned char octet) { return octet == 0; })) {
            return GH_OK;
        }
        if (instance.plugin().abi_minor <= GH_ABI_MINOR) {
            instance.violate(rule::kRegistration,
                             std::string(what) + ": octets behind the members of its own ABI are not zero");
        }
        return GH_E_UNSUPPORTED;
    }

    static bool refuses_registration(Instance& instance, const char* function) {
        if (instance.phase_ != Instance::Phase::creating) {
            instance.violate(rule::kRegistration, std::string(function) + "() outside create()");
            return true;
        }
        return ++instance.registrations_ == instance.manner_.refuse_registration;
    }

    static const void* extension(const gh_host* host, const char* id) {
        Instance& instance = alive(host, "extension");
        if (id == nullptr) return nullptr;
        const std::string_view name(id);
        bool is_needed = false;
        for (const char* const* need = instance.plugin().needs; need != nullptr && *need != nullptr; ++need) {
            is_needed = is_needed || name == *need;
        }
        return instance.manner().offers_extensions || is_needed ? host_extension(instance, name) : nullptr;
    }

    static void fail(const gh_host* host, const gh_error* error) {
        Instance& instance = alive(host, "fail");
        if (check(instance, error, "fail(): gh_error") == GH_OK) instance.failure_ = text_of(error->message);
    }

    static gh_status add_route(const gh_host* host, const gh_route* route) {
        Instance& instance = alive(host, "add_route");
        const bool is_refused = refuses_registration(instance, "add_route");
        if (instance.phase_ != Instance::Phase::creating) return GH_E_STATE;
        if (const gh_status status = check(instance, route, "add_route(): gh_route"); status != GH_OK) return status;
        if (is_refused) return GH_E_LIMIT;
        if ((route->flags & ~kRouteFlags) != 0) return GH_E_UNSUPPORTED;
        Route row{route->flags, text_of(route->method), text_of(route->pattern), {}, route->max_body, route->handle,
                  route->self};
        std::istringstream roles(text_of(route->roles));
        for (std::string role; roles >> role;) row.roles.push_back(role);
        gatehouse::host::PluginRouteTable table;  // the gateway's own opinion of patterns and conflicts
        std::string why;
        for (const Route& other : instance.routes_)
            table.add({other.method, other.pattern, {}, {}, 0, 0, 0, 0, row.handle});
        why = table.add({row.method, row.pattern, {}, {}, 0, 0, 0, 0, row.handle});
        if (why.empty() && row.handle == nullptr) why = "route " + row.name() + " has no handler";
        if (!why.empty()) {
            instance.violate(rule::kRegistration, "add_route(): " + why);
            return GH_E_INVALID;
        }
        instance.routes_.push_back(std::move(row));
        return GH_OK;
    }

    static std::int32_t log_level(const gh_host* host) {
        alive(host, "log_level");
        return GH_LOG_TRACE;
    }

    static void log(const gh_host* host, std::int32_t level, gh_str message, const gh_kv* fields, std::size_t count) {
        Instance& instance = alive(host, "log");
        bool is_whole = is_str(message) && (fields != nullptr || count == 0);
        for (std::size_t i = 0; is_whole && i < count; ++i) is_whole = is_str(fields[i].key) && is_str(fields[i].val);
        if (level < GH_LOG_TRACE || level > GH_LOG_ERROR || !is_whole) {
            instance.violate(rule::kTelemetry, "log(): unknown level, or a NULL text with a length");
        }
    }

    static gh_status metric(const gh_host* host, const gh_metric* metric, std::uint32_t* id) {
        Instance& instance = alive(host, "metric");
        const bool is_refused = refuses_registration(instance, "metric");
        if (instance.phase_ != Instance::Phase::creating) return GH_E_STATE;
        if (const gh_status status = check(instance, metric, "metric(): gh_metric"); status != GH_OK) return status;
        if (is_refused) return GH_E_LIMIT;
        if (id == nullptr || metric->name.len == 0 || metric->kind < GH_COUNTER || metric->kind > GH_HISTOGRAM ||
            !std::is_sorted(metric->buckets, metric->buckets + metric->n_buckets)) {
            instance.violate(rule::kRegistration, "metric(): no id, no name, an unknown kind or buckets out of order");
            return GH_E_INVALID;
        }
        *id = static_cast<std::uint32_t>(instance.metric_kinds_.size());
        instance.metric_kinds_.push_back(metric->kind);
        instance.metric_labels_.push_back(metric->n_labels);
        return GH_OK;
    }

    static void record(const gh_host* host, std::uint32_t id, double value, const gh_str* labels) {
        Instance& instance = alive(host, "record");
        if (id >= instance.metric_kinds_.size())
            return instance.violate(rule::kTelemetry, "record() of a metric that was never declared");
        if (!std::isfinite(value) || (instance.metric_kinds_[id] == GH_COUNTER && value < 0)) {
            instance.violate(rule::kTelemetry, "record(): a counter goes down, or the value is no number");
        }
        for (std::size_t i = 0; i < instance.metric_labels_[id]; ++i) {
            if (labels == nullptr || !is_str(labels[i]))
                return instance.violate(rule::kTelemetry, "record(): labels are missing");
        }
    }

    static std::uint64_t now_ns(const gh_host* host) { return alive(host, "now_ns").world_.now_ns(); }
    static std::uint32_t n_loops(const gh_host*) { return World::kLoops; }
    static gh_loop* loop_at(const gh_host* host, std::uint32_t index) {
        Instance& instance = alive(host, "loop_at");
        return index < World::kLoops ? reinterpret_cast<gh_loop*>(&instance.world_.loop(index)) : nullptr;
    }
    static gh_loop* loop_here(const gh_host* host) {
        return reinterpret_cast<gh_loop*>(alive(host, "loop_here").world_.loop_here());
    }

    static gh_status post(const gh_host* host, gh_loop* loop, void (*fn)(void*), void* context) {
        Instance& instance = alive(host, "post");
        Thread* const target = instance.loop_of(loop);
        if (target == nullptr || fn == nullptr) {
            instance.violate(rule::kOperations, "post() without a loop or a function");
            return GH_E_INVALID;
        }
        if (instance.count_call()) return GH_E_LIMIT;
        instance.begin_operation();
        target->post([&instance, fn, context] {
            instance.enter("a posted function", [&] { fn(context); });
            instance.end_operation();
        });
        return GH_OK;
    }

    static gh_status sleep(const gh_host* host, gh_loop* loop, std::uint64_t ns, gh_done done, void* context,
                           gh_op* op) {
        return alive(host, "sleep").sleep(loop, ns, done, context, op);
    }

    // The work is done even when the wait for it is cancelled: only its owner can tell what it left behind.
    static gh_status offload(const gh_host* host, gh_loop* loop, void (*work)(void*), gh_done done, void* context) {
        Instance& instance = alive(host, "offload");
        Thread* const target = instance.loop_of(loop);
        if (target == nullptr || work == nullptr || done == nullptr) {
            instance.violate(rule::kOperations, "offload() without a loop or a function");
            return GH_E_INVALID;
        }
        if (instance.count_call()) return GH_E_LIMIT;
        const gh_status status = instance.count_await() ? GH_E_CANCELED : GH_OK;
        instance.begin_operation();
        instance.world_.run_on_worker([&instance, target, work, done, context, status] {
            instance.enter("offloaded work", [&] { work(context); });
            instance.complete(*target, "the callback of offload()", done, context, status);
            instance.end_operation();
        });
        return GH_PENDING;
    }

    static void cancel(const gh_host* host, gh_op op) { alive(host, "cancel").cancel(op); }

    static gh_status hold(const gh_host* host, gh_str why, gh_op* op) {
        Instance& instance = alive(host, "hold");
        if (op == nullptr || why.len == 0) {
            instance.violate(rule::kOperations, "hold() without a reason or a place for its id");
            return GH_E_INVALID;
        }
        if (instance.count_call()) return GH_E_LIMIT;
        const std::scoped_lock lock(instance.mutex_);
        op->id = instance.next_id_++;
        instance.holds_.insert(op->id);
        return GH_OK;
    }

    static void unhold(const gh_host* host, gh_op op) {
        Instance& instance = alive(host, "unhold");
        const std::scoped_lock lock(instance.mutex_);
        if (op.id >= instance.next_id_)
            instance.violate(rule::kOperations, "cancel() or unhold() of an operation that it never had");
        instance.holds_.erase(op.id);
    }
};

void fill(gh_host& table, Instance& instance) {
    using F = HostFunctions;
    table = {sizeof(gh_host), GH_ABI_MINOR, &instance,  nullptr,     &F::extension, &F::fail,    &F::add_route,
             &F::log_level,   &F::log,      &F::metric, &F::record,  &F::now_ns,    &F::n_loops, &F::loop_at,
             &F::loop_here,   &F::post,     &F::sleep,  &F::offload, &F::cancel,    &F::hold,    &F::unhold};
}

}  // namespace gatehouse::abi_test

#include "gateway/host/host_table.hpp"

#include <gatehouse/ext/call.h>

#include <array>
#include <string_view>

#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/call.hpp"
#include "gateway/host/plugin_host.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

constexpr std::size_t kLogFieldsMax = 32;
constexpr std::size_t kLabelsMax = 8;
constexpr std::uint32_t kRouteFlagsKnown =
    GH_ROUTE_STREAM_IN | GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_INTERNAL | GH_ROUTE_BLOCKING;

std::string_view view(gh_str text) { return {text.ptr, text.len}; }
IoLoop& loop_of(gh_loop* loop) { return *reinterpret_cast<IoLoop*>(loop); }

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return words;
}

// R3: a tail that this host does not know must be zero.
bool has_unknown_tail(const void* object, std::uint32_t size, std::size_t known) {
    const auto* const octets = static_cast<const unsigned char*>(object);
    for (std::size_t i = known; i < size; ++i) {
        if (octets[i] != 0) return true;
    }
    return false;
}

// An offloaded job on its way to a worker and back to a loop.
struct Offload {
    const Generation* generation;
    Operations* operations;
    IoLoop* resume_on;
    void (*work)(void*);
    gh_done done;
    void* context;
};

void run_offload(void* first, void*, void*) {
    auto* const offload = static_cast<Offload*>(first);
    {
        const Breadcrumb here(offload->generation, Activity::offload);
        offload->work(offload->context);
    }
    offload->resume_on->post([offload] {
        {
            const Breadcrumb here(offload->generation, Activity::callback);
            offload->done(offload->context, GH_OK, nullptr);
        }
        offload->operations->end();
        delete offload;
    });
}

}  // namespace

struct HostTable::Functions {
    static const void* extension(const gh_host* host, const char* id) {
        if (id == nullptr) return nullptr;
        if (std::string_view(id) == GH_EXT_CALL) return &call_table();
        for (const Extension* const extension : of(host).extensions_) {
            if (std::string_view(id) == extension->id()) return extension->table();
        }
        return nullptr;
    }

    static void fail(const gh_host* host, const gh_error* error) {
        if (GH_HAS(error, message)) of(host).failure_ = view(error->message);
    }

    static gh_status add_route(const gh_host* host, const gh_route* route) {
        HostTable& self = of(host);
        if (!self.registering_) return GH_E_STATE;
        if (!GH_HAS(route, self)) return GH_E_INVALID;
        if (has_unknown_tail(route, route->size, sizeof(gh_route)) || (route->flags & ~kRouteFlagsKnown) != 0) {
            self.failure_ = "route " + std::string(view(route->pattern)) + " asks for a feature that this host lacks";
            return GH_E_UNSUPPORTED;
        }
        PluginRoute copy;
        copy.method = view(route->method);
        copy.pattern = view(route->pattern);
        copy.operation_id = view(route->operation_id);
        copy.roles = split_words(view(route->roles));
        copy.flags = route->flags;
        copy.timeout_ms = route->timeout_ms;
        copy.max_in_flight = route->max_in_flight;
        copy.max_body = route->max_body;
        copy.handle = route->handle;
        copy.self = route->self;
        copy.owner = self.generation_;
        if (std::string why = self.routes_.add(std::move(copy)); !why.empty()) {
            self.failure_ = std::move(why);
            return GH_E_INVALID;
        }
        return GH_OK;
    }

    static int32_t log_level(const gh_host* host) { return of(host).telemetry_.log_level(); }

    static void log(const gh_host* host, int32_t level, gh_str message, const gh_kv* fields, std::size_t count) {
        HostTable& self = of(host);
        if (level < self.telemetry_.log_level()) return;
        std::array<Telemetry::Field, kLogFieldsMax> views;
        count = std::min(count, kLogFieldsMax);
        for (std::size_t i = 0; i < count; ++i) views[i] = {view(fields[i].key), view(fields[i].val)};
        self.telemetry_.log(level, self.service_, view(message), std::span(views.data(), count));
    }

    static gh_status metric(const gh_host* host, const gh_metric* metric, uint32_t* id) {
        HostTable& self = of(host);
        if (!self.registering_) return GH_E_STATE;
        if (!GH_HAS(metric, n_buckets) || id == nullptr || metric->n_labels > kLabelsMax) return GH_E_INVALID;
        const int defined = self.telemetry_.define_metric(self.service_, *metric);
        if (defined < 0) return GH_E_INVALID;
        *id = static_cast<uint32_t>(self.metrics_.size());
        self.metrics_.push_back(defined);
        self.metric_labels_.push_back(metric->n_labels);
        return GH_OK;
    }

    static void record(const gh_host* host, uint32_t id, double value, const gh_str* labels) {
        HostTable& self = of(host);
        if (id >= self.metrics_.size()) return;
        std::array<std::string_view, kLabelsMax> views;
        const std::size_t count = self.metric_labels_[id];
        for (std::size_t i = 0; i < count; ++i) views[i] = view(labels[i]);
        self.telemetry_.record(self.metrics_[id], value, std::span(views.data(), count));
    }

    static uint64_t now_ns(const gh_host*) { return to_nanoseconds(Clock::now()); }
    static uint32_t n_loops(const gh_host* host) { return static_cast<uint32_t>(of(host).loops_.size()); }

    static gh_loop* loop_at(const gh_host* host, uint32_t index) {
        const auto& loops = of(host).loops_;
        return index < loops.size() ? reinterpret_cast<gh_loop*>(loops[index]) : nullptr;
    }

    static gh_loop* loop_here(const gh_host*) { return reinterpret_cast<gh_loop*>(IoLoop::current()); }

    static gh_status post(const gh_host* host, gh_loop* loop, void (*fn)(void*), void* context) {
        return loop == nullptr ? GH_E_INVALID : of(host).operations_.post(loop_of(loop), fn, context);
    }

    static gh_status sleep(const gh_host* host, gh_loop* loop, uint64_t ns, gh_done done, void* context, gh_op* op) {
        return loop == nullptr ? GH_E_INVALID : of(host).operations_.sleep(loop_of(loop), ns, done, context, op);
    }

    static gh_status offload(const gh_host* host, gh_loop* resume_on, void (*work)(void*), gh_done done,
                             void* context) {
        HostTable& self = of(host);
        if (resume_on == nullptr || work == nullptr || done == nullptr) return GH_E_INVALID;
        auto offload = std::unique_ptr<Offload>(
            new Offload{self.generation_, &self.operations_, &loop_of(resume_on), work, done, context});
        self.operations_.begin();
        if (!self.workers_.try_submit({&run_offload, offload.get(), nullptr, nullptr})) {
            self.operations_.end();
            return GH_E_LIMIT;
        }
        static_cast<void>(offload.release());  // freed by the job
        return GH_PENDING;
    }

    static void cancel(const gh_host* host, gh_op op) { of(host).operations_.cancel(op); }

    static gh_status hold(const gh_host* host, gh_str why, gh_op* op) {
        return of(host).operations_.hold(std::string(view(why)), op);
    }

    static void unhold(const gh_host* host, gh_op op) { of(host).operations_.unhold(op); }
};

HostTable::HostTable(std::string service, std::vector<IoLoop*> loops, Telemetry& telemetry, Caller& caller,
                     WorkerPool& workers, std::vector<Extension*> extensions)
    : service_(std::move(service)),
      loops_(loops),
      telemetry_(telemetry),
      caller_(caller),
      workers_(workers),
      extensions_(std::move(extensions)),
      operations_(std::move(loops)) {
    table_.size = sizeof(gh_host);
    table_.abi_minor = GH_ABI_MINOR;
    table_.impl = this;
    table_.http = &http_table();
    table_.extension = &Functions::extension;
    table_.fail = &Functions::fail;
    table_.add_route = &Functions::add_route;
    table_.log_level = &Functions::log_level;
    table_.log = &Functions::log;
    table_.metric = &Functions::metric;
    table_.record = &Functions::record;
    table_.now_ns = &Functions::now_ns;
    table_.n_loops = &Functions::n_loops;
    table_.loop_at = &Functions::loop_at;
    table_.loop_here = &Functions::loop_here;
    table_.post = &Functions::post;
    table_.sleep = &Functions::sleep;
    table_.offload = &Functions::offload;
    table_.cancel = &Functions::cancel;
    table_.hold = &Functions::hold;
    table_.unhold = &Functions::unhold;
}

}  // namespace gatehouse::host

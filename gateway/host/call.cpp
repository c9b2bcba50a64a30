#include "gateway/host/call.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include "gateway/base/ascii.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/host/call_request.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::host {

namespace {

thread_local int call_depth = 0;

class DepthGuard final {
public:
    DepthGuard() { ++call_depth; }
    ~DepthGuard() { --call_depth; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
};

gh_status perform(const gh_host* host, const gh_call_request* request, gh_call_done done, void* context) {
    if (host == nullptr || done == nullptr || !GH_HAS(request, trace_parent)) return GH_E_INVALID;
    HostTable& table = HostTable::of(host);
    return table.caller().perform(table.service(), *request, done, context);
}

constexpr gh_call kTable{sizeof(gh_call), 0, &perform};

bool is_printable(gh_str text) {
    const std::string_view view(text.ptr, text.len);
    return std::all_of(view.begin(), view.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

// Fields that only the host writes, folded as the gateway folds them.
bool has_reserved_field(const gh_kv* headers, std::size_t n_headers) {
    for (std::size_t i = 0; i < n_headers; ++i) {
        std::string name(headers[i].key.ptr, headers[i].key.len);
        std::transform(name.begin(), name.end(), name.begin(), ascii::fold_header_char);
        if (name.starts_with("x-user-") || name.starts_with("x-session-") || name.starts_with("x-gatehouse-"))
            return true;
        for (const std::string_view hop :
             {"connection", "transfer-encoding", "content-length", "host", "upgrade", "te"}) {
            if (name == hop) return true;
        }
    }
    return false;
}

}  // namespace

const gh_call& call_table() { return kTable; }

bool is_well_formed(gh_str method, gh_str target, const gh_kv* headers, std::size_t n_headers) {
    return target.len != 0 && target.ptr[0] == '/' && is_printable(target) && method.len != 0 && is_printable(method) &&
           !has_reserved_field(headers, n_headers);
}

Caller::Caller(std::vector<IoLoop*> loops, RemoteCaller* remote) : loops_(std::move(loops)), remote_(remote) {}

void Caller::add(std::shared_ptr<Generation> generation) {
    std::unique_lock lock(mutex_);
    const std::string service = generation->service();
    generations_[service] = std::move(generation);
}

void Caller::remove(const Generation& generation) {
    std::unique_lock lock(mutex_);
    const auto found = generations_.find(generation.service());
    if (found != generations_.end() && found->second.get() == &generation) generations_.erase(found);
}

std::shared_ptr<Generation> Caller::find(std::string_view service) const {
    std::shared_lock lock(mutex_);
    const auto found = generations_.find(service);
    return found == generations_.end() ? nullptr : found->second;
}

void Caller::set_remote_services(std::vector<std::string> names) {
    std::unique_lock lock(mutex_);
    remote_services_ = {names.begin(), names.end()};
}

bool Caller::is_remote(std::string_view service) const {
    std::shared_lock lock(mutex_);
    return remote_services_.contains(service);
}

gh_status Caller::perform(const std::string& calling_service, const gh_call_request& request, gh_call_done done,
                          void* context) {
    if (IoLoop::current() != nullptr || call_depth >= kDepthMax) return GH_E_STATE;
    if (!is_well_formed(request.method, request.target, request.headers, request.n_headers)) return GH_E_INVALID;
    const DepthGuard guard;
    TimePoint deadline = Clock::now() + kDefaultTimeout;
    if (request.deadline_ns != 0) deadline = std::min(deadline, from_nanoseconds(request.deadline_ns));

    const std::string_view service(request.service.ptr, request.service.len);
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        // Where routes.yaml places a service decides, not whether a copy of it happens to be loaded here.
        if (is_remote(service) && remote_ != nullptr) {
            return remote_->perform(request, calling_service, deadline, done, context);
        }
        const auto generation = find(service);
        if (generation == nullptr && remote_ != nullptr) {
            return remote_->perform(request, calling_service, deadline, done, context);
        }
        if (generation == nullptr) break;
        const gh_status status = perform_here(calling_service, request, generation, deadline, done, context);
        if (status != GH_PENDING) return status;
        std::this_thread::yield();  // that one was just replaced, or has moved
    }
    constexpr std::string_view kCode = "no_such_service", kMessage = "no service of that name is configured";
    const gh_error error{
        sizeof(gh_error), GH_E_UNAVAILABLE, {kCode.data(), kCode.size()}, {kMessage.data(), kMessage.size()}};
    done(context, GH_E_UNAVAILABLE, nullptr, &error);
    return GH_OK;
}

gh_status Caller::perform_here(const std::string& calling_service, const gh_call_request& request,
                               const std::shared_ptr<Generation>& generation, TimePoint deadline, gh_call_done done,
                               void* context) {
    IoLoop& loop = *loops_[next_loop_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
    const auto call = std::make_shared<CallRequest>(request, calling_service, loop, deadline);
    gh_error error{sizeof(gh_error), GH_OK, {}, {}};
    const gh_status status = call->run(generation, error);
    if (status == GH_PENDING) return status;
    if (status == GH_OK) {
        call->deliver(done, context);
    } else {
        done(context, status, nullptr, &error);
    }
    return GH_OK;
}

}  // namespace gatehouse::host

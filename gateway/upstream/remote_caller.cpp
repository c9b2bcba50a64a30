#include "gateway/upstream/remote_caller.hpp"

#include <condition_variable>
#include <mutex>

#include "gateway/base/io_loop.hpp"
#include "gateway/upstream/call_fields.hpp"
#include "gateway/upstream/fetch.hpp"

namespace gatehouse::upstream {

namespace {

constexpr std::size_t kResponseBytesMax = 16 * 1024 * 1024;
constexpr Duration kDefaultTimeout = 15s;
// The loop ends the fetch by its deadline; this is for a loop that does not get round to it.
constexpr Duration kLoopGrace = 2s;

std::string_view view(gh_str text) { return {text.ptr, text.len}; }
gh_str to_gh(std::string_view text) { return {text.data(), text.size()}; }

// Shared by the two threads; whoever is last frees it.
struct Call {
    std::shared_ptr<const Cluster> cluster;
    std::string method, target, body;
    FetchRequest request;
    Fetched fetched;
    std::mutex mutex;
    std::condition_variable answered;
    bool is_answered = false;
};

Task<> run(IoLoop& loop, std::shared_ptr<Call> call) {
    Fetched fetched = co_await fetch(loop, *call->cluster, call->request);
    {
        std::scoped_lock lock(call->mutex);
        call->fetched = std::move(fetched);
        call->is_answered = true;
    }
    call->answered.notify_one();
}

gh_status to_status(Outcome outcome) {
    switch (outcome) {
        case Outcome::ok: return GH_OK;
        case Outcome::timeout: return GH_E_TIMEOUT;
        case Outcome::too_large: return GH_E_LIMIT;
        case Outcome::canceled: return GH_E_CANCELED;
        case Outcome::no_healthy_endpoint:
        case Outcome::connect_failed:
        case Outcome::restarting:
        case Outcome::queue_full:
        case Outcome::reset:
        case Outcome::bad_response: return GH_E_UNAVAILABLE;
    }
    return GH_E_INTERNAL;
}

void report_failure(gh_status status, std::string_view reason, std::string_view message, gh_call_done done,
                    void* context) {
    const gh_error error{sizeof(gh_error), status, to_gh(reason), to_gh(message)};
    done(context, status, nullptr, &error);
}

void report(const Fetched& fetched, gh_call_done done, void* context) {
    std::vector<gh_kv> headers;
    for (const auto& [name, value] : fetched.fields) headers.push_back({to_gh(name), to_gh(value)});
    gh_call_response response{};
    response.size = sizeof(response);
    response.code = fetched.status;
    response.headers = headers.data();
    response.n_headers = headers.size();
    response.body = to_gh(fetched.body);
    done(context, GH_OK, &response, nullptr);
}

}  // namespace

RemoteCalls::RemoteCalls(std::vector<IoLoop*> loops, FindCluster find_cluster, const AssertionSigner* signer)
    : loops_(std::move(loops)), find_cluster_(std::move(find_cluster)), signer_(signer) {}

std::string RemoteCalls::make_fields(const gh_call_request& request, const std::string& calling_service,
                                     const Cluster& cluster) const {
    return call_fields(request, calling_service, cluster, signer_);
}

gh_status RemoteCalls::perform(const gh_call_request& request, const std::string& calling_service, TimePoint deadline,
                               gh_call_done done, void* context) {
    if (IoLoop::current() != nullptr) return GH_E_STATE;
    const auto call = std::make_shared<Call>();
    call->cluster = find_cluster_(view(request.service));
    if (!call->cluster) {
        report_failure(GH_E_UNAVAILABLE, "no_such_service", "no service of that name is configured", done, context);
        return GH_OK;
    }
    if (deadline == TimePoint::max()) deadline = Clock::now() + kDefaultTimeout;
    call->method = view(request.method);
    call->target = view(request.target);
    call->body = view(request.body);
    call->request.method = call->method;
    call->request.target = call->target;
    call->request.body = call->body;
    call->request.deadline = deadline;
    call->request.response_bytes_max = kResponseBytesMax;
    call->request.fields = make_fields(request, calling_service, *call->cluster);

    IoLoop& loop = *loops_[next_loop_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
    loop.post([&loop, call] { spawn(run(loop, call)); });
    Fetched fetched;  // taken out under the lock: the loop may yet write an answer that nobody waits for
    fetched.outcome = Outcome::timeout;
    {
        std::unique_lock lock(call->mutex);
        const auto is_answered = [&] { return call->is_answered; };
        if (call->answered.wait_until(lock, deadline + kLoopGrace, is_answered)) fetched = std::move(call->fetched);
    }
    const gh_status status = to_status(fetched.outcome);
    if (status == GH_OK) {
        report(fetched, done, context);
    } else {
        report_failure(status, describe(fetched.outcome).reason, "the service gave no answer", done, context);
    }
    return GH_OK;
}

}  // namespace gatehouse::upstream

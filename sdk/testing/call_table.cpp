// gh.call/1 answered by scripted peers, on the caller's thread as in a real host.
#include <gatehouse/call.hpp>

#include <exception>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

constexpr int kDepthMax = 8;
thread_local int depth = 0;  // of nested calls on this thread

struct Deeper {
    Deeper() { ++depth; }
    ~Deeper() { --depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
};

PeerRequest to_peer_request(const gh_call_request& call) {
    PeerRequest request;
    request.service = to_string(call.service);
    request.method = to_string(call.method);
    request.target = to_string(call.target);
    request.body = to_string(call.body);
    request.request_id = to_string(call.request_id);
    request.trace_parent = to_string(call.trace_parent);
    for (std::size_t i = 0; i < call.n_headers; ++i) {
        request.headers.push_back({to_string(call.headers[i].key), to_string(call.headers[i].val)});
    }
    set_identity(request, call.identity);
    return request;
}

void deliver(const Answer& answer, gh_call_done done, void* context) {
    std::vector<gh_kv> headers;
    for (const Header& field : answer.headers) headers.push_back({to_str(field.name), to_str(field.value)});
    gh_call_response response{};
    response.size = sizeof(response);
    response.code = answer.status;
    response.headers = headers.data();
    response.n_headers = headers.size();
    response.body = to_str(answer.body);
    done(context, GH_OK, &response, nullptr);
}

void deliver_failure(gh_status status, std::string_view message, gh_call_done done, void* context) {
    gh_error error{};
    error.size = sizeof(error);
    error.status = status;
    error.code = to_str("peer");
    error.message = to_str(message);
    done(context, status, nullptr, &error);
}

gh_status perform(const gh_host* host, const gh_call_request* call, gh_call_done done, void* context) {
    State& state = state_of(host);
    if (!is_known_struct(call)) {
        state.violate("call: bad size of gh_call_request");
        return GH_E_UNSUPPORTED;
    }
    if (state.is_on_loop() || depth >= kDepthMax) return GH_E_STATE;
    if (done == nullptr || call->service.len == 0 || call->method.len == 0) return GH_E_INVALID;
    std::function<Answer(const PeerRequest&)> peer;
    {
        const std::scoped_lock lock(state.mutex);
        const auto found = state.peers.find(to_string(call->service));
        if (found != state.peers.end()) peer = found->second;
    }
    if (!peer) return GH_E_UNAVAILABLE;
    const Deeper deeper;
    try {
        deliver(peer(to_peer_request(*call)), done, context);
    } catch (const CallFailed& failure) {
        deliver_failure(failure.status(), failure.what(), done, context);
    }
    return GH_OK;
}

}  // namespace

void set_identity(PeerRequest& request, const gh_identity* identity) {
    if (identity == nullptr) return;
    const std::string subject = to_string(identity->subject);
    request.user_id = subject.empty() ? 0 : std::stoll(subject);
    request.user_name = to_string(identity->name);
    for (std::size_t i = 0; i < identity->n_roles; ++i) request.user_roles.push_back(to_string(identity->roles[i]));
}

void fill_call_table(gh_call& table) { table = {sizeof(gh_call), 0, &perform}; }

}  // namespace gatehouse::testing

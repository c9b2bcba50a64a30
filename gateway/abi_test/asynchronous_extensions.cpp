#include <gatehouse/ext/http_client.h>
#include <gatehouse/ext/kv.h>
#include <gatehouse/ext/lease.h>
#include <gatehouse/ext/trace.h>

#include "gateway/abi_test/extensions.hpp"
#include "gateway/abi_test/instance.hpp"

namespace gatehouse::abi_test {

namespace {

Thread* loop_or_here(Instance& instance, gh_loop* loop) {
    return loop != nullptr ? reinterpret_cast<Thread*>(loop) : instance.world().loop_here();
}

// ---- gh.kv/1: a store that has forgotten everything, and sometimes cannot be reached --------------------------------

gh_status run(const gh_host* host, const gh_kv_request* request, gh_kv_result* result, gh_loop* loop, gh_kv_done done,
              void* context) {
    Instance& instance = Instance::of(host);
    if (request == nullptr || result == nullptr || request->key.len == 0 || request->key.len > GH_KV_KEY_MAX) {
        instance.violate(rule::kExtensions, "gh.kv/1: a request without a result or a proper key");
        return GH_E_INVALID;
    }
    gh_status status = instance.count_call() ? GH_E_UNAVAILABLE : GH_OK;
    gh_kv_result answer{};
    answer.size = sizeof(answer);
    if (status == GH_OK && request->command == GH_KV_SET) answer.flags = GH_KV_APPLIED;
    if (status == GH_OK && request->command == GH_KV_INCREMENT) {
        answer.flags = GH_KV_APPLIED;
        answer.number = request->delta;
    }
    const auto fill = [](gh_kv_result& target, const gh_kv_result& source) {
        const std::uint32_t size = target.size;
        if (size >= sizeof(source)) target = source;
        target.size = size;
    };
    if (done == nullptr) {
        if (instance.world().loop_here() != nullptr) return GH_E_STATE;
        fill(*result, answer);
        return status;
    }
    Thread* const target = loop_or_here(instance, loop);
    if (target == nullptr) return GH_E_INVALID;
    static std::atomic<int> turn{0};
    if (turn++ % 2 == 0) {
        fill(*result, answer);
        return status;
    }
    if (instance.count_await()) status = GH_E_CANCELED;
    instance.begin_operation();
    target->post([&instance, answer, done, context, status] {
        instance.enter("the callback of gh.kv/1", [&] { done(context, status, &answer); });
        instance.end_operation();
    });
    return GH_PENDING;
}

// ---- gh.http_client/1: nobody ever answers -------------------------------------------------------------------------

template <class Done>
gh_status never_answer(const gh_host* host, gh_loop* loop, const gh_client_request* request, Done done, void* context,
                       gh_op* op) {
    Instance& instance = Instance::of(host);
    if (request == nullptr || done == nullptr || request->method.len == 0 ||
        (request->service.len == 0) == (request->url.len == 0)) {
        instance.violate(rule::kExtensions,
                         "gh.http_client/1: a request without callback or method, or not one of service and url");
        return GH_E_INVALID;
    }
    Thread* const target = loop_or_here(instance, loop);
    if (target == nullptr) return GH_E_STATE;
    if (instance.count_call()) return GH_E_LIMIT;
    const gh_status status = instance.count_await() ? GH_E_CANCELED : GH_E_UNAVAILABLE;
    if (op != nullptr) op->id = 1;
    instance.begin_operation();
    target->post([&instance, done, context, status] {
        instance.enter("the callback of gh.http_client/1", [&] { done(context, status, nullptr, nullptr); });
        instance.end_operation();
    });
    return GH_PENDING;
}

gh_status send(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_client_done done, void* context,
               gh_op* op) {
    return never_answer(host, loop, request, done, context, op);
}
gh_status fetch(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_call_done done, void* context,
                gh_op* op) {
    return never_answer(host, loop, request, done, context, op);
}
gh_status read_body(gh_client_response*, gh_bytes*, gh_read_done, void*) { return GH_E_STATE; }
void close_response(gh_client_response*) {}
void cancel_request(const gh_host*, gh_op) {}

// ---- gh.lease/1: somebody else has it ------------------------------------------------------------------------------

struct Wish {
    gh_lease_change changed;
    void* context;
    Thread* loop;
};
std::mutex wishes_mutex;
std::map<std::uint64_t, Wish> wishes;
std::uint64_t next_wish = 1;

gh_status acquire(const gh_host* host, gh_str name, std::uint64_t, gh_loop* loop, gh_lease_change changed,
                  void* context, gh_op* op) {
    Instance& instance = Instance::of(host);
    if (name.len == 0 || name.len > GH_LEASE_NAME_MAX || changed == nullptr || op == nullptr) {
        instance.violate(rule::kExtensions, "gh.lease/1: acquire() without a name, a callback or a place for its id");
        return GH_E_INVALID;
    }
    if (instance.count_call()) return GH_E_UNAVAILABLE;
    Thread* const target = loop_or_here(instance, loop);
    const std::scoped_lock lock(wishes_mutex);
    op->id = next_wish++;
    wishes[op->id] = {changed, context, target != nullptr ? target : &instance.world().loop(0)};
    return GH_PENDING;
}

void release(const gh_host* host, gh_op op) {
    Instance& instance = Instance::of(host);
    const std::scoped_lock lock(wishes_mutex);
    const auto found = wishes.find(op.id);
    if (found == wishes.end()) return;
    const Wish wish = found->second;
    wishes.erase(found);
    instance.begin_operation();
    wish.loop->post([&instance, wish] {
        instance.enter("the callback of gh.lease/1", [&] { wish.changed(wish.context, GH_LEASE_ENDED, 0); });
        instance.end_operation();
    });
}

gh_status enter(const gh_host*, gh_op, std::uint64_t*) { return GH_E_STATE; }
void leave(const gh_host*, gh_op) {}

// ---- gh.trace/1: nothing is sampled --------------------------------------------------------------------------------

gh_span* begin(const gh_host*, gh_str, gh_str, std::int32_t) { return nullptr; }
gh_str parent(gh_span*) { return {}; }
void set_text(gh_span*, gh_str, gh_str) {}
void set_number(gh_span*, gh_str, std::int64_t) {}
void end(gh_span*, gh_status, gh_str) {}

constexpr gh_kv_store kStore{sizeof(gh_kv_store), 0, &run};
constexpr gh_http_client kClient{sizeof(gh_http_client), 0,      &send,          &read_body,
                                 &close_response,        &fetch, &cancel_request};
constexpr gh_lease kLease{sizeof(gh_lease), 0, &acquire, &release, &enter, &leave};
constexpr gh_trace kTrace{sizeof(gh_trace), 0, &begin, &parent, &set_text, &set_number, &end};

}  // namespace

const void* asynchronous_extension(std::string_view id) {
    if (id == GH_EXT_KV) return &kStore;
    if (id == GH_EXT_HTTP_CLIENT) return &kClient;
    if (id == GH_EXT_LEASE) return &kLease;
    if (id == GH_EXT_TRACE) return &kTrace;
    return nullptr;
}

}  // namespace gatehouse::abi_test

// The extensions that the hostile host offers. Peers, stores and brokers are fickle: they answer, refuse and vanish in
// turns.
#include "gateway/abi_test/extensions.hpp"

#include <gatehouse/ext/call.h>
#include <gatehouse/ext/clock.h>
#include <gatehouse/ext/events.h>

#include <cstring>

#include "gateway/abi_test/instance.hpp"

namespace gatehouse::abi_test {

namespace {

thread_local int call_depth = 0;

bool is_identity_field(std::string_view name) {
    return name.starts_with("x-user-") || name == "connection" || name == "host";
}

// In turns: an empty object, no such thing, something that is no JSON, a server's fault, and nobody there.
gh_status answer_call(Instance& instance, int turn, gh_call_done done, void* context) {
    static constexpr std::pair<int, std::string_view> kAnswers[] = {
        {200, "{}"}, {404, R"({"title":"Not Found","status":404})"}, {200, "\xff\xfe no JSON"}, {500, ""}, {200, "[]"}};
    if (turn % 6 == 5) return GH_E_UNAVAILABLE;
    const auto& [code, body] = kAnswers[turn % 6];
    const gh_kv header{{"content-type", 12}, {"application/json", 16}};
    gh_call_response response{};
    response.size = sizeof(response);
    response.code = code;
    response.headers = &header;
    response.n_headers = 1;
    response.body = {body.data(), body.size()};
    instance.enter("the callback of a call", [&] { done(context, GH_OK, &response, nullptr); });
    return GH_OK;
}

}  // namespace

struct ExtensionFunctions {
    static gh_status perform(const gh_host* host, const gh_call_request* call, gh_call_done done, void* context) {
        Instance& instance = Instance::of(host);
        if (!instance.is_alive()) instance.violate(rule::kLeftovers, "calls another service after destroy()");
        if (call == nullptr || call->size < offsetof(gh_call_request, trace_parent) + sizeof(gh_str) ||
            done == nullptr || call->service.len == 0 || call->method.len == 0) {
            instance.violate(rule::kExtensions, "gh.call/1: a request without size, service, method or callback");
            return GH_E_INVALID;
        }
        for (std::size_t i = 0; i < call->n_headers; ++i) {
            if (is_identity_field({call->headers[i].key.ptr, call->headers[i].key.len})) return GH_E_INVALID;
        }
        if (instance.world().loop_here() != nullptr) {
            instance.violate(rule::kThreads, "gh.call/1 on an event loop");
            return GH_E_STATE;
        }
        if (call_depth >= 8) return GH_E_STATE;
        if (instance.count_call()) return GH_E_UNAVAILABLE;
        ++call_depth;
        static std::atomic<int> turn{0};
        const gh_status status = answer_call(instance, turn++, done, context);
        --call_depth;
        return status;
    }

    static std::int64_t wall_ms(const gh_host* host) {
        constexpr std::uint64_t kBegin = 1'750'000'000'000;  // an ordinary day
        return static_cast<std::int64_t>(kBegin + Instance::of(host).world().now_ns() / 1'000'000);
    }

    static gh_status subscribe(const gh_host* host, gh_str type, gh_event_handler handler, void* context) {
        Instance& instance = Instance::of(host);
        if (instance.phase_ != Instance::Phase::creating) {
            instance.violate(rule::kRegistration, "subscribe() outside create()");
            return GH_E_STATE;
        }
        if (type.len == 0 || handler == nullptr) {
            instance.violate(rule::kExtensions, "gh.events/1: subscribe() without a type or a handler");
            return GH_E_INVALID;
        }
        if (++instance.registrations_ == instance.manner_.refuse_registration) return GH_E_LIMIT;
        const bool is_new =
            instance.subscriptions_.emplace(std::string(type.ptr, type.len), std::pair(handler, context)).second;
        return is_new ? GH_OK : GH_E_STATE;
    }

    static gh_status publish(const gh_host* host, const gh_event* const* events, std::size_t count, std::uint64_t,
                             gh_status* results) {
        Instance& instance = Instance::of(host);
        if (instance.world().loop_here() != nullptr) {
            instance.violate(rule::kThreads, "gh.events/1: publish() on an event loop");
            return GH_E_STATE;
        }
        if (events == nullptr || results == nullptr || count > 1000) {
            instance.violate(rule::kExtensions,
                             "gh.events/1: publish() without events or results, or of more than 1000");
            return GH_E_INVALID;
        }
        const bool is_refused = instance.count_call();
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_whole = events[i] != nullptr && events[i]->id.len != 0 && events[i]->type.len != 0;
            if (!is_whole) instance.violate(rule::kExtensions, "gh.events/1: publish() of an event without id or type");
            results[i] = is_refused ? GH_E_UNAVAILABLE : (is_whole ? GH_OK : GH_E_INVALID);
        }
        return is_refused ? GH_E_UNAVAILABLE : GH_OK;
    }
};

namespace {

constexpr gh_call kCall{sizeof(gh_call), 0, &ExtensionFunctions::perform};
constexpr gh_clock kClock{sizeof(gh_clock), 0, &ExtensionFunctions::wall_ms};
constexpr gh_events kEvents{sizeof(gh_events), 0, &ExtensionFunctions::subscribe, &ExtensionFunctions::publish};

const void* table_of(std::string_view id) {
    if (id == GH_EXT_CALL) return &kCall;
    if (id == GH_EXT_CLOCK) return &kClock;
    if (id == GH_EXT_EVENTS) return &kEvents;
    return asynchronous_extension(id);
}

}  // namespace

const void* host_extension(Instance&, std::string_view id) { return table_of(id); }
bool is_offered(std::string_view id) { return table_of(id) != nullptr; }

}  // namespace gatehouse::abi_test

#include <gatehouse/kv.hpp>

#include <memory>
#include <stdexcept>

#include "sdk/service/views.hpp"

namespace gatehouse {

namespace {

gh_kv_request to_abi(const KvRequest& request) {
    gh_kv_request view{};
    view.size = sizeof(view);
    view.flags = request.condition;
    view.command = request.command;
    view.key = detail::to_str(request.key);
    view.value = detail::to_str(request.value);
    view.expected = detail::to_str(request.expected);
    view.version = request.version;
    view.ttl_ms = static_cast<std::uint64_t>(request.ttl.count());
    view.delta = request.delta;
    return view;
}

// Takes the value.
KvReply take_reply(gh_status status, const gh_kv_result& result) {
    const std::unique_ptr<const gh_kv_result, void (*)(const gh_kv_result*)> released(
        &result, [](const gh_kv_result* taken) {
            if (taken->value.release != nullptr) taken->value.release(taken->value.owner);
        });
    KvReply reply;
    reply.status = status;
    reply.reason = detail::to_view(result.reason);
    reply.found = (result.flags & GH_KV_FOUND) != 0;
    reply.applied = (result.flags & GH_KV_APPLIED) != 0;
    reply.version = result.version;
    reply.number = result.number;
    if (reply.found && result.value.release != nullptr) {
        reply.value.emplace(reinterpret_cast<const char*>(result.value.ptr), result.value.len);
    }
    return reply;
}

KvReply failed_reply(gh_status status, std::string_view reason) {
    KvReply reply;
    reply.status = status;
    reply.reason = reason;
    return reply;
}

using Done = std::function<void(KvReply)>;

void on_answer(void* context, gh_status status, const gh_kv_result* result) noexcept {
    const std::unique_ptr<Done> done(static_cast<Done*>(context));
    (*done)(take_reply(status, *result));  // an exception has nowhere to go: it ends the process, as from any callback
}

std::string explain(const KvReply& reply) {
    return "the key-value store failed with status " + std::to_string(reply.status) +
           (reply.reason.empty() ? "" : ": " + reply.reason);
}

KvRequest make(std::int32_t command, std::string_view key, std::string_view value = {}, Kv::Ttl ttl = Kv::kForever) {
    KvRequest request;
    request.command = command;
    request.key = key;
    request.value = value;
    request.ttl = ttl;
    return request;
}

KvRequest if_version(KvRequest request, std::uint64_t version) {
    request.condition = GH_KV_IF_VERSION;
    request.version = version;
    return request;
}

KvRequest if_value(KvRequest request, std::string_view expected) {
    request.condition = GH_KV_IF_VALUE;
    request.expected = expected;
    return request;
}

}  // namespace

Kv::Kv(const gh_host* host) : host_(host), store_(static_cast<const gh_kv_store*>(host->extension(host, GH_EXT_KV))) {
    if (!GH_HAS(store_, run)) store_ = nullptr;
}

KvReply Kv::run(const KvRequest& request) const {
    if (store_ == nullptr) throw KvFailed(GH_E_UNSUPPORTED, "the host does not offer " GH_EXT_KV);
    if (host_->loop_here(host_) != nullptr) throw std::logic_error("a blocking call of Kv on an event loop: use ask()");
    const gh_kv_request view = to_abi(request);
    gh_kv_result result{};
    result.size = sizeof(result);
    const gh_status status = store_->run(host_, &view, &result, nullptr, nullptr, nullptr);
    KvReply reply = take_reply(status, result);
    if (status != GH_OK) throw KvFailed(status, explain(reply));
    return reply;
}

void Kv::ask(const KvRequest& request, std::function<void(KvReply)> done) const {
    if (store_ == nullptr) return done(failed_reply(GH_E_UNSUPPORTED, "not_offered"));
    if (host_->loop_here(host_) == nullptr) throw std::logic_error("Kv::ask() is for event loops");
    const gh_kv_request view = to_abi(request);
    gh_kv_result result{};
    result.size = sizeof(result);
    auto context = std::make_unique<Done>(std::move(done));
    const gh_status status = store_->run(host_, &view, &result, nullptr, &on_answer, context.get());
    if (status == GH_PENDING) {
        static_cast<void>(context.release());  // freed by the callback
    } else {
        (*context)(take_reply(status, result));
    }
}

std::optional<KvEntry> Kv::find(std::string_view key) const {
    KvReply reply = run(make(GH_KV_GET, key));
    if (!reply.found) return std::nullopt;
    return KvEntry{std::move(reply.value).value_or(std::string()), reply.version};
}

std::optional<std::string> Kv::get(std::string_view key) const {
    KvReply reply = run(make(GH_KV_GET, key));
    return reply.found ? std::optional(std::move(reply.value).value_or(std::string())) : std::nullopt;
}

std::uint64_t Kv::set(std::string_view key, std::string_view value, Ttl ttl) const {
    return run(make(GH_KV_SET, key, value, ttl)).version;
}

bool Kv::set_if_absent(std::string_view key, std::string_view value, Ttl ttl) const {
    KvRequest request = make(GH_KV_SET, key, value, ttl);
    request.condition = GH_KV_IF_ABSENT;
    return run(request).applied;
}

bool Kv::set_if_version(std::string_view key, std::uint64_t version, std::string_view value, Ttl ttl) const {
    return run(if_version(make(GH_KV_SET, key, value, ttl), version)).applied;
}

bool Kv::set_if_value(std::string_view key, std::string_view expected, std::string_view value, Ttl ttl) const {
    return run(if_value(make(GH_KV_SET, key, value, ttl), expected)).applied;
}

bool Kv::remove(std::string_view key) const { return run(make(GH_KV_DELETE, key)).applied; }

bool Kv::remove_if_version(std::string_view key, std::uint64_t version) const {
    return run(if_version(make(GH_KV_DELETE, key), version)).applied;
}

bool Kv::remove_if_value(std::string_view key, std::string_view expected) const {
    return run(if_value(make(GH_KV_DELETE, key), expected)).applied;
}

std::int64_t Kv::increment(std::string_view key, std::int64_t delta, Ttl ttl) const {
    KvRequest request = make(GH_KV_INCREMENT, key, {}, ttl);
    request.delta = delta;
    return run(request).number;
}

}  // namespace gatehouse

#include "sdk/testing/kv_table.hpp"

#include <charconv>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

constexpr std::uint32_t kConditions = GH_KV_IF_ABSENT | GH_KV_IF_VERSION | GH_KV_IF_VALUE;

void release_value(void* owner) { delete static_cast<std::string*>(owner); }

bool parse_number(const std::string& text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
}

gh_status check(const gh_kv_request& request) {
    if ((request.flags & ~kConditions) != 0 || request.reserved != 0 || request.command < GH_KV_GET ||
        request.command > GH_KV_INCREMENT) {
        return GH_E_UNSUPPORTED;
    }
    const std::uint32_t condition = request.flags & kConditions;
    const bool has_conditions = request.command == GH_KV_SET || request.command == GH_KV_DELETE;
    const bool is_one = condition == 0 || condition == GH_KV_IF_VERSION || condition == GH_KV_IF_VALUE ||
                        (condition == GH_KV_IF_ABSENT && request.command == GH_KV_SET);
    if (!is_one || (condition != 0 && !has_conditions)) return GH_E_INVALID;
    if (request.key.len == 0 || request.key.len > GH_KV_KEY_MAX || request.ttl_ms > GH_KV_TTL_MAX_MS) {
        return GH_E_INVALID;
    }
    return request.value.len > GH_KV_VALUE_MAX || request.expected.len > GH_KV_VALUE_MAX ? GH_E_LIMIT : GH_OK;
}

std::uint64_t expiry(const gh_kv_request& request, std::uint64_t now_ns) {
    return request.ttl_ms == 0 ? UINT64_MAX : now_ns + request.ttl_ms * 1'000'000;
}

gh_status run(const gh_host* host, const gh_kv_request* request, gh_kv_result* result, gh_loop* loop, gh_kv_done done,
              void* context) {
    State& state = state_of(host);
    if (!is_known_struct(request) || !GH_HAS(result, reason)) {
        state.violate("kv: bad size of gh_kv_request or gh_kv_result");
        return GH_E_INVALID;
    }
    const std::uint32_t size = result->size;
    *result = gh_kv_result{};
    result->size = size;
    if (done == nullptr && state.is_on_loop()) return GH_E_STATE;
    if (done != nullptr && loop == nullptr && !state.is_on_loop()) return GH_E_INVALID;
    if (done == nullptr || !state.kv.answers_later()) return state.kv.run(*request, state.now_ns, *result);
    gh_kv_result later{};
    later.size = sizeof(later);
    const gh_status status = state.kv.run(*request, state.now_ns, later);
    state.queue(true, [status, later, done, context] { done(context, status, &later); });
    return GH_PENDING;
}

}  // namespace

gh_status TestKv::run(const gh_kv_request& request, std::uint64_t now_ns, gh_kv_result& result) {
    const std::scoped_lock lock(mutex_);
    if (const gh_status status = check(request); status != GH_OK) return status;
    if (failure_ != GH_OK) {
        result.reason = to_str("test");
        return failure_;
    }
    Entry* const entry = find(to_string(request.key), now_ns);
    if (entry != nullptr) {
        result.flags = GH_KV_FOUND;
        result.version = entry->version;
    }
    if (request.command == GH_KV_INCREMENT) return increment(request, now_ns, entry, result);
    if (request.command != GH_KV_GET) return change(request, now_ns, entry, result);
    if (entry == nullptr) return GH_OK;
    auto* const owner = new std::string(entry->value);
    result.value = {reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size(), &release_value, owner};
    return GH_OK;
}

gh_status TestKv::change(const gh_kv_request& request, std::uint64_t now_ns, Entry* entry, gh_kv_result& result) {
    const bool holds =
        ((request.flags & GH_KV_IF_ABSENT) == 0 || entry == nullptr) &&
        ((request.flags & GH_KV_IF_VERSION) == 0 || result.version == request.version) &&
        ((request.flags & GH_KV_IF_VALUE) == 0 || (entry != nullptr && entry->value == to_string(request.expected)));
    if (!holds || (request.command == GH_KV_DELETE && entry == nullptr)) return GH_OK;
    result.flags |= GH_KV_APPLIED;
    if (request.command == GH_KV_DELETE) {
        entries_.erase(to_string(request.key));
        return GH_OK;
    }
    result.version = ++last_version_;
    entries_[to_string(request.key)] = {to_string(request.value), result.version, expiry(request, now_ns)};
    return GH_OK;
}

gh_status TestKv::increment(const gh_kv_request& request, std::uint64_t now_ns, Entry* entry, gh_kv_result& result) {
    std::int64_t number = 0;
    const std::uint64_t expires = entry == nullptr ? expiry(request, now_ns) : entry->expires_ns;
    const bool is_number = entry == nullptr || parse_number(entry->value, number);
    if (!is_number || __builtin_add_overflow(number, request.delta, &number)) {
        result.flags = 0;
        result.version = 0;
        result.reason = to_str(is_number ? "overflow" : "not_a_number");
        return is_number ? GH_E_LIMIT : GH_E_INVALID;
    }
    result.flags |= GH_KV_APPLIED;
    result.version = ++last_version_;
    result.number = number;
    entries_[to_string(request.key)] = {std::to_string(number), result.version, expires};
    return GH_OK;
}

TestKv::Entry* TestKv::find(const std::string& key, std::uint64_t now_ns) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    if (found->second.expires_ns > now_ns) return &found->second;
    entries_.erase(found);
    return nullptr;
}

std::optional<std::string> TestKv::value(const std::string& key, std::uint64_t now_ns) {
    const std::scoped_lock lock(mutex_);
    const Entry* const entry = find(key, now_ns);
    return entry == nullptr ? std::nullopt : std::optional(entry->value);
}

void TestKv::set_value(const std::string& key, std::string value) {
    const std::scoped_lock lock(mutex_);
    entries_[key] = {std::move(value), ++last_version_, UINT64_MAX};
}

void TestKv::fail(gh_status status) {
    const std::scoped_lock lock(mutex_);
    failure_ = status;
}

void TestKv::answer_later(bool later) {
    const std::scoped_lock lock(mutex_);
    later_ = later;
}

bool TestKv::answers_later() {
    const std::scoped_lock lock(mutex_);
    return later_;
}

void fill_kv_table(gh_kv_store& table) { table = {sizeof(gh_kv_store), 0, &testing::run}; }

void TestHost::set_kv(const std::string& key, std::string value) { state_->kv.set_value(key, std::move(value)); }
std::optional<std::string> TestHost::kv(const std::string& key) { return state_->kv.value(key, state_->now_ns); }
void TestHost::fail_kv(gh_status status) { state_->kv.fail(status); }
void TestHost::answer_kv_later(bool later) { state_->kv.answer_later(later); }

}  // namespace gatehouse::testing

#include "gateway/extensions/kv_request.hpp"

#include "gateway/extensions/abi_checks.hpp"

namespace gatehouse::extensions {

namespace {

constexpr std::uint32_t kConditions = GH_KV_IF_ABSENT | GH_KV_IF_VERSION | GH_KV_IF_VALUE;

bool read_kind(std::int32_t command, KvCommand::Kind& kind) {
    switch (command) {
        case GH_KV_GET: kind = KvCommand::Kind::get; return true;
        case GH_KV_SET: kind = KvCommand::Kind::set; return true;
        case GH_KV_DELETE: kind = KvCommand::Kind::remove; return true;
        case GH_KV_INCREMENT: kind = KvCommand::Kind::increment; return true;
        default: return false;
    }
}

// False for more than one of them, or one that this command does not have.
bool read_condition(std::uint32_t flags, KvCommand& command) {
    const bool is_change = command.kind == KvCommand::Kind::set || command.kind == KvCommand::Kind::remove;
    switch (flags & kConditions) {
        case 0: return true;
        case GH_KV_IF_ABSENT:
            command.condition = KvCommand::Condition::is_absent;
            return command.kind == KvCommand::Kind::set;
        case GH_KV_IF_VERSION: command.condition = KvCommand::Condition::has_version; return is_change;
        case GH_KV_IF_VALUE: command.condition = KvCommand::Condition::has_value; return is_change;
        default: return false;
    }
}

void release_value(void* owner) { delete static_cast<std::shared_ptr<const std::string>*>(owner); }

}  // namespace

gh_status read_kv_request(const gh_kv_request& request, KvCommand& command) {
    if (request.size < sizeof(gh_kv_request)) return GH_E_INVALID;
    if (has_unknown_tail(request) || (request.flags & ~kConditions) != 0 || request.reserved != 0 ||
        !read_kind(request.command, command.kind)) {
        return GH_E_UNSUPPORTED;
    }
    if (!read_condition(request.flags, command)) return GH_E_INVALID;
    if (request.key.len == 0 || request.key.len > GH_KV_KEY_MAX || request.ttl_ms > GH_KV_TTL_MAX_MS) {
        return GH_E_INVALID;
    }
    if (request.value.len > GH_KV_VALUE_MAX || request.expected.len > GH_KV_VALUE_MAX) return GH_E_LIMIT;
    command.key = to_view(request.key);
    if (command.kind == KvCommand::Kind::set) command.value = to_view(request.value);
    if (command.condition == KvCommand::Condition::has_value) command.expected = to_view(request.expected);
    command.version = request.version;
    command.ttl = std::chrono::milliseconds(request.ttl_ms);
    command.delta = request.delta;
    return GH_OK;
}

void write_kv_result(const KvAnswer& answer, gh_kv_result& result) {
    result.flags = 0;
    if (answer.was_found) result.flags |= GH_KV_FOUND;
    if (answer.was_applied) result.flags |= GH_KV_APPLIED;
    result.version = answer.version;
    result.number = answer.number;
    result.reason = to_str(answer.reason);
    result.value = {};
    if (!answer.value) return;
    auto* const owner = new std::shared_ptr<const std::string>(answer.value);
    result.value = {reinterpret_cast<const std::uint8_t*>((*owner)->data()), (*owner)->size(), &release_value, owner};
}

}  // namespace gatehouse::extensions

// What the plugin itself offers: its operator's commands and its state for the next generation.
#include <gatehouse/ext/admin.h>
#include <gatehouse/ext/handover.h>

#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

constexpr std::size_t kHandoverBytesMax = 16u * 1024 * 1024;

template <class Table>
const Table* table_of(const State& state, const char* id) {
    if (state.plugin->extension == nullptr) return nullptr;
    return static_cast<const Table*>(state.plugin->extension(state.self, id));
}

void on_command(void* context, gh_str name, gh_str summary, gh_str schema) {
    static_cast<std::vector<TestHost::Command>*>(context)->push_back(
        {to_string(name), to_string(summary), to_string(schema)});
}

struct CommandResult {
    int calls = 0;
    TestHost::CommandAnswer answer;
};

void on_result(void* context, gh_status status, gh_str json) {
    auto& result = *static_cast<CommandResult*>(context);
    ++result.calls;
    result.answer = {status, to_string(json)};
}

gh_status take_piece(void* context, const void* bytes, std::size_t size) {
    auto& kept = *static_cast<std::string*>(context);
    if (kept.size() + size > kHandoverBytesMax) return GH_E_LIMIT;
    kept.append(static_cast<const char*>(bytes), size);
    return GH_OK;
}

}  // namespace

std::vector<TestHost::Command> TestHost::admin_commands() {
    std::vector<Command> commands;
    if (const auto* table = table_of<gh_admin>(*state_, GH_EXT_ADMIN)) {
        table->commands(state_->self, &on_command, &commands);
    }
    return commands;
}

TestHost::CommandAnswer TestHost::admin(std::string_view command, std::string_view arguments) {
    const auto* table = table_of<gh_admin>(*state_, GH_EXT_ADMIN);
    if (table == nullptr) return {GH_E_UNSUPPORTED, {}};
    CommandResult result;
    const gh_status status = table->run(state_->self, to_str(command), to_str(arguments), &on_result, &result);
    if (result.calls > 1) state_->violate("admin: called back more than once");
    if (result.calls > 0 && status != result.answer.status) state_->violate("admin: two statuses for one command");
    if (result.calls == 0 && status == GH_OK) state_->violate("admin: GH_OK without an answer");
    if (result.calls == 0) result.answer.status = status;
    return result.answer;
}

std::optional<TestHost::HandedOver> TestHost::export_state() {
    const auto* table = table_of<gh_handover>(*state_, GH_EXT_HANDOVER);
    if (table == nullptr) return std::nullopt;
    gh_str schema{};
    HandedOver state;
    if (table->export_state(state_->self, &schema, &take_piece, &state.bytes) != GH_OK) return std::nullopt;
    state.schema = to_string(schema);
    return state;
}

gh_status TestHost::import_state(const HandedOver& state) {
    const auto* table = table_of<gh_handover>(*state_, GH_EXT_HANDOVER);
    if (table == nullptr) return GH_E_UNSUPPORTED;
    return table->import_state(state_->self, to_str(state.schema), state.bytes.data(), state.bytes.size());
}

}  // namespace gatehouse::testing

// gh.admin/1 over the commands that a service declared. No exception passes the border.
#include <algorithm>
#include <stdexcept>

#include "sdk/service/context_state.hpp"
#include "sdk/service/extensions.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse::detail {

namespace {

gh_status status_of(const Problem& problem) {
    switch (problem.status()) {
        case 409:
        case 412: return GH_E_STATE;
        case 413:
        case 429: return GH_E_LIMIT;
        case 503: return GH_E_UNAVAILABLE;
        default: return problem.status() >= 500 ? GH_E_INTERNAL : GH_E_INVALID;
    }
}

gh_status answer(gh_status status, const std::string& json, gh_admin_result result, void* context) {
    if (result != nullptr) result(context, status, to_str(json));
    return status;
}

Problem problem_of(const ContextState& state, const AdminCommand& command) {
    try {
        throw;
    } catch (const Problem& problem) {
        return problem;
    } catch (...) {
        for (const auto& mapper : state.mappers) {
            if (auto problem = mapper(std::current_exception())) return *problem;
        }
    }
    state.log.error("a command failed", {{"command", command.name}, {"error", describe_current_exception()}});
    return {500, "Internal Server Error"};
}

void commands(void* self, gh_admin_visit visit, void* context) {
    const ContextState& state = ContextAccess::state(static_cast<Instance*>(self)->context);
    for (const AdminCommand& command : state.commands) {
        visit(context, to_str(command.name), to_str(command.summary), to_str(command.arguments_schema));
    }
}

gh_status run(void* self, gh_str name, gh_str arguments, gh_admin_result result, void* context) {
    Instance& instance = *static_cast<Instance*>(self);
    const ContextState& state = ContextAccess::state(instance.context);
    const auto command = std::find_if(state.commands.begin(), state.commands.end(),
                                      [&](const AdminCommand& each) { return each.name == to_view(name); });
    try {
        if (command == state.commands.end()) {
            return answer(GH_E_UNSUPPORTED, Problem(404, "Not Found", "There is no such command.").to_json({}), result,
                          context);
        }
        std::string json;
        try {
            const std::string_view given = to_view(arguments);
            json = command->run(*instance.service, given.empty() ? "{}" : given);
        } catch (...) {
            const Problem problem = problem_of(state, *command);
            return answer(status_of(problem), problem.to_json({}), result, context);
        }
        return answer(GH_OK, json, result, context);
    } catch (...) {  // out of memory
        return GH_E_INTERNAL;
    }
}

}  // namespace

const gh_admin* admin_table(Instance& instance) {
    static constexpr gh_admin kTable{sizeof(gh_admin), 0, &commands, &run};
    return ContextAccess::state(instance.context).commands.empty() ? nullptr : &kTable;
}

}  // namespace gatehouse::detail

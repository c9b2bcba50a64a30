#include "plugins/admin/errand_commands.hpp"

#include <gatehouse/problem.hpp>

namespace admin {

ErrandCommands::ErrandCommands(gatehouse::Context& context, gatehouse::Database& database, ErrandRunner& errands)
    : context_(context), database_(database), errands_(errands) {
    context.admin_command("errands.list", "Decisions that wait to be carried out by another service, the oldest first",
                          *this, &ErrandCommands::list);
    context.admin_command("errands.retry", "Tries decisions that wait again at once", *this, &ErrandCommands::retry);
    context.admin_command("errands.give_up", "Takes a decision back that cannot be carried out", *this,
                          &ErrandCommands::give_up);
}

ErrandList ErrandCommands::list(const ErrandListQuery& query) {
    return database_.read([&](Transaction& tx) {
        ErrandList listed;
        for (const Errand& one : errands::list(tx, query.limit)) {
            listed.errands.push_back({one.id, one.kind, one.target, one.actor_name, one.attempts, one.failures,
                                      one.last_error, one.is_stuck(), one.created_at, one.next_at});
        }
        listed.count = errands::count(tx);
        return listed;
    });
}

ErrandsRetried ErrandCommands::retry(const ErrandRetry& what) {
    if (what.id.has_value() == what.all) throw gatehouse::Invalid("", "name one errand by its id, or all of them");
    return {database_.write([&](Transaction& tx) { return errands::retry(tx, what.id, context_.wall_time()); })};
}

void ErrandCommands::give_up(const ErrandId& what) {
    if (!errands_.give_up(what.id)) throw gatehouse::NotFound("There is no such errand.");
}

}  // namespace admin

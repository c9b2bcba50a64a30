#include "plugins/subscriptions/account_events.hpp"

#include "plugins/subscriptions/follow_repository.hpp"

namespace subscriptions {

void AccountEvents::status_changed(gatehouse::Transaction& tx, const gatehouse::Event&, const AccountStatus& account) {
    if (account.status == "deleted") {
        repository::insert_leaver(tx, account.id, context_.wall_time());
    } else {
        repository::remove_leaver(tx, account.id);
    }
}

}  // namespace subscriptions

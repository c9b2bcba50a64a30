#include "plugins/posts/account_events.hpp"

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/name_repository.hpp"

namespace posts {

void AccountEvents::status_changed(gatehouse::Transaction& tx, const gatehouse::Event&, const AccountStatus& account) {
    if (account.status == "banned" || account.status == "deleted") {
        absent::put(tx, account.id, account.status, context_.wall_time());
    } else {
        absent::remove(tx, account.id);
    }
}

void AccountEvents::renamed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountRenamed& account) {
    names::put(tx, account.id, account.username, event, context_.wall_time());
}

}  // namespace posts

#include "plugins/posts/account_events.hpp"

#include "plugins/posts/absent_repository.hpp"

namespace posts {

void AccountEvents::status_changed(gatehouse::Transaction& tx, const gatehouse::Event&, const AccountStatus& account) {
    if (account.status == "banned" || account.status == "deleted") {
        absent::put(tx, account.id, account.status, context_.wall_time());
    } else {
        absent::remove(tx, account.id);
    }
}

}  // namespace posts

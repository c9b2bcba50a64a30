#include "plugins/media/account_events.hpp"

#include "plugins/media/leaver_repository.hpp"

namespace media {

void AccountEvents::status_changed(gatehouse::Transaction& tx, const gatehouse::Event&, const AccountStatus& account) {
    if (account.status == "deleted") {
        leavers::put(tx, account.id, context_.wall_time());
    } else {
        leavers::remove(tx, account.id);
    }
}

}  // namespace media

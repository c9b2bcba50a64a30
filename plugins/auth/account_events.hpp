// What this service tells others about accounts; the subject is "user/<id>". Never a hash, a token or a code.
#pragma once

#include <gatehouse/publish.hpp>

#include "plugins/auth/account.hpp"

namespace auth::account_events {

using gatehouse::Transaction;

void registered(Transaction& tx, const Account& account);
// As it was and as it is: user.renamed, user.email_changed, user.status_changed and user.deleted, as the case may be.
void changed(Transaction& tx, const Account& before, const Account& after);

}  // namespace auth::account_events

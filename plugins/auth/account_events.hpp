// What this service tells others about accounts; the subject is "user/<id>". Never a hash, a token or a code; those
// that must be mailed are the business of secret_mail.hpp.
#pragma once

#include <gatehouse/publish.hpp>

#include "plugins/auth/account.hpp"
#include "plugins/auth/session_repository.hpp"

namespace auth::account_events {

using gatehouse::Transaction;

void registered(Transaction& tx, const Account& account);
// As it was and as it is: user.renamed, user.email_changed, user.email_verified, user.roles_changed,
// user.status_changed and user.deleted, as the case may be. reason: of another status.
void changed(Transaction& tx, const Account& before, const Account& after,
             const std::optional<std::string>& reason = std::nullopt);
void email_verified(Transaction& tx, std::int64_t id, std::string_view email);
void password_changed(Transaction& tx, const Account& account, Time at);
void logged_in(Transaction& tx, const Account& account, const Session& session);

}  // namespace auth::account_events

#include "plugins/auth/account_handlers.hpp"

#include <gatehouse/problem.hpp>
#include <utility>

#include "plugins/auth/grant_response.hpp"

namespace auth {
namespace {

constexpr char kListScope[] = "auth.users";

}  // namespace

AccountHandlers::AccountHandlers(AccountService& accounts, const Callers& callers, std::string_view cursor_secret)
    : accounts_(accounts), callers_(callers), cursors_(cursor_secret) {}

gatehouse::Response AccountHandlers::sign_up(const gatehouse::Request& request, const NewAccount& draft) const {
    return sign_up_response(accounts_.sign_up(draft, client_of(request)));
}

Account AccountHandlers::show_own(const gatehouse::Request& request) const {
    return accounts_.find(callers_.require(request).user_id);
}

Account AccountHandlers::rename(const gatehouse::Request& request, const RenameBody& body) const {
    const Caller caller = callers_.require(request);
    if (!body.username && !body.email) throw gatehouse::Invalid("", "username or email is required");
    return accounts_.rename(caller.user_id, body, body.password, client_of(request));
}

gatehouse::NoContent AccountHandlers::change_password(const gatehouse::Request& request,
                                                      const PasswordBody& body) const {
    const Caller caller = callers_.require(request);
    accounts_.change_password(caller.user_id, caller.session_id, body.old_password, body.new_password,
                              client_of(request));
    return {};
}

std::optional<UserName> AccountHandlers::find(const gatehouse::Request& request,
                                              gatehouse::PathParam<std::string> name) const {
    static_cast<void>(callers_.require(request));
    auto account = accounts_.find_active(name);
    if (!account) return std::nullopt;
    return UserName{account->id, std::move(account->username)};
}

gatehouse::Page<Account> AccountHandlers::list(gatehouse::Query<UserQuery> query) const {
    const UserQuery& asked = query;
    AccountFilter filter{.ids = asked.ids.value_or(std::vector<std::int64_t>{}),
                         .search = asked.q,
                         .status = asked.status,
                         .before = std::nullopt,
                         .limit = asked.ids ? gatehouse::kPageLimitMax : asked.limit + 1};
    if (asked.ids && asked.ids->empty()) return {};
    if (const auto after = cursors_.open<std::int64_t>(asked.cursor, kListScope)) filter.before = std::get<0>(*after);
    return gatehouse::make_page(accounts_.list(filter), asked.ids ? gatehouse::kPageLimitMax : asked.limit,
                                [this](const Account& last) { return cursors_.seal(kListScope, last.id); });
}

gatehouse::Created<Account> AccountHandlers::create(const ManagedAccount& draft) const {
    return {accounts_.create(draft), "/api/auth/users/{}", draft.username};
}

Account AccountHandlers::change_rights(gatehouse::PathParam<std::int64_t> id, const NewRights& rights) const {
    if (!rights.status && !rights.roles) throw gatehouse::Invalid("", "status or roles is required");
    return accounts_.change_rights(id, rights);
}

}  // namespace auth

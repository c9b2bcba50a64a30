#include "plugins/auth/account_handlers.hpp"

#include <gatehouse/problem.hpp>
#include <utility>

#include "plugins/auth/grant_response.hpp"

namespace auth {
namespace {

using gatehouse::Tagged;

constexpr char kListScope[] = "auth.users";

// Of what its owner can change; a login changes nothing.
std::string tag_of(Account account) {
    account.last_login_at.reset();
    return gatehouse::etag_of(gatehouse::to_json(account));
}

Tagged<Account> tagged(Account account) {
    std::string tag = tag_of(account);
    return {std::move(account), std::move(tag)};
}

}  // namespace

AccountHandlers::AccountHandlers(AccountService& accounts, const ExportService& exports, const Callers& callers,
                                 const RequestLimits& limits, int lookups_per_user, CookieRules cookies,
                                 std::string_view cursor_secret)
    : accounts_(accounts),
      exports_(exports),
      callers_(callers),
      limits_(limits),
      lookups_per_user_(lookups_per_user),
      cookies_(std::move(cookies)),
      cursors_(cursor_secret) {}

gatehouse::Response AccountHandlers::sign_up(const gatehouse::Request& request, const NewAccount& draft) const {
    return sign_up_response(accounts_.sign_up(draft, client_of(request)));
}

gatehouse::Response AccountHandlers::accept(const gatehouse::Request& request, const AcceptBody& body) const {
    return sign_up_response(accounts_.accept(body.token, body, client_of(request)));
}

Tagged<Account> AccountHandlers::show_own(const gatehouse::Request& request) const {
    return tagged(accounts_.find(callers_.require(request).user_id));
}

Tagged<Account> AccountHandlers::rename(const gatehouse::Request& request, const RenameBody& body) const {
    const Caller caller = callers_.require(request);
    if (!body.username && !body.email) throw gatehouse::Invalid("", "username or email is required");
    return tagged(accounts_.rename(caller.user_id, body, body.password, client_of(request),
                                   [&](const Account& before) { request.check_match(tag_of(before)); }));
}

gatehouse::Response AccountHandlers::close(const gatehouse::Request& request, const CloseBody& body) const {
    accounts_.close(callers_.require(request).user_id, body.password, client_of(request));
    gatehouse::Response response(204);
    if (request.cookie(cookies_.name)) clear_cookies(response, cookies_);
    return response;
}

gatehouse::Response AccountHandlers::export_own(const gatehouse::Request& request) const {
    auto response = gatehouse::Response::json(exports_.export_of(callers_.require(request).user_id));
    response.header("content-disposition", "attachment; filename=\"account.json\"").header("cache-control", "no-store");
    return response;
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
    const Caller caller = callers_.require(request);
    limits_.spend("lookup", std::to_string(caller.user_id), lookups_per_user_, std::chrono::minutes(1));
    auto account = accounts_.find_active(name);
    if (!account) return std::nullopt;
    return UserName{account->id, std::move(account->username)};
}

gatehouse::Page<Account> AccountHandlers::list(gatehouse::Query<UserQuery> query) const {
    const UserQuery& asked = query;
    AccountFilter filter{.ids = asked.ids.value_or(std::vector<std::int64_t>{}),
                         .search = asked.q,
                         .status = asked.status,
                         .email_verified = asked.email_verified,
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
    if (!rights.status && !rights.roles && !rights.email_verified) {
        throw gatehouse::Invalid("", "status, roles or email_verified is required");
    }
    return accounts_.change_rights(id, rights);
}

}  // namespace auth

#include "plugins/admin/user_handlers.hpp"

#include <string>
#include <utility>

namespace admin {

namespace {

// Of what administrators can change; a login changes nothing.
std::string tag_of(Account account) {
    account.last_login_at.reset();
    return gatehouse::etag_of(gatehouse::to_json(account));
}

gatehouse::Response answer(const UserService::Changed& changed) {
    return gatehouse::Response::json(changed.account, changed.is_done ? 200 : 202)
        .header("etag", tag_of(changed.account));
}

}  // namespace

gatehouse::Page<Account> UserHandlers::list(const gatehouse::Request& request, gatehouse::Query<UserQuery> query) {
    return service_.list(query, request);
}

gatehouse::Tagged<Account> UserHandlers::show(const gatehouse::Request& request,
                                              gatehouse::PathParam<std::int64_t> id) {
    Account account = service_.find(id, request);
    std::string tag = tag_of(account);
    return {std::move(account), std::move(tag)};
}

gatehouse::Response UserHandlers::ban(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                      const BanDraft& draft) {
    return answer(service_.ban(request, id, draft));
}

gatehouse::Response UserHandlers::unban(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id) {
    return answer(service_.unban(request, id));
}

gatehouse::Response UserHandlers::set_roles(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                            const RolesDraft& draft) {
    return answer(
        service_.set_roles(request, id, draft, [&](const Account& account) { request.check_match(tag_of(account)); }));
}

gatehouse::Response UserHandlers::verify_email(const gatehouse::Request& request,
                                               gatehouse::PathParam<std::int64_t> id) {
    return answer(service_.verify_email(request, id));
}

}  // namespace admin

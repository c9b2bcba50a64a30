// Translates requests into calls of UserService and back.
#pragma once

#include <cstdint>

#include <gatehouse/handler.hpp>

#include "plugins/admin/user_service.hpp"

namespace admin {

class UserHandlers final {
public:
    explicit UserHandlers(UserService& service) : service_(service) {}

    gatehouse::Page<Account> list(const gatehouse::Request& request, gatehouse::Query<UserQuery> query);
    gatehouse::Tagged<Account> show(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id);

    // 200, or 202 when auth does not answer: it will be done as soon as it does.
    gatehouse::Response ban(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                            const BanDraft& draft);
    gatehouse::Response unban(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id);
    gatehouse::Response set_roles(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                  const RolesDraft& draft);
    gatehouse::Response verify_email(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id);

private:
    UserService& service_;
};

}  // namespace admin

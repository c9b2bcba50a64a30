// Translates requests into calls of ProfileService and back.
#pragma once

#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/handler.hpp>

#include "plugins/users/profile_service.hpp"

namespace users {

using gatehouse::PathParam;
using gatehouse::Query;
using gatehouse::Request;

class ProfileHandlers final {
public:
    ProfileHandlers(gatehouse::Context& context, ProfileService& service) : context_(context), service_(service) {}

    gatehouse::Created<Profile> create(const User& user, const ProfileChange& change);
    gatehouse::Tagged<Profile> own(const User& user);
    gatehouse::Tagged<Profile> change(const Request& request, const User& user, const ProfileChange& change);
    // Hides the profile, then asks auth to close the account. When auth cannot be asked the answer is 503 and the same
    // request may be repeated.
    gatehouse::NoContent remove(const Request& request, const User& user);
    gatehouse::Tagged<PublicProfile> show(PathParam<std::int64_t> id);
    gatehouse::Page<PublicProfile> list(Query<ProfileQuery> query);

private:
    gatehouse::Context& context_;
    ProfileService& service_;
};

}  // namespace users

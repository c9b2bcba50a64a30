#include "plugins/users/profile_handlers.hpp"

#include <string>

#include <gatehouse/call.hpp>
#include <gatehouse/problem.hpp>

namespace users {

namespace {

struct AccountChange {
    std::string status;
    bool keep_admin = true;
};
constexpr auto describe(AccountChange*) {
    return fields(field("status", &AccountChange::status), field("keep_admin", &AccountChange::keep_admin));
}

struct Refusal {
    std::string detail;
};
constexpr auto describe(Refusal*) { return fields(field("detail", &Refusal::detail)); }

// In auth's words, which are for people.
gatehouse::Conflict refusal_of(const gatehouse::CallResponse& answer) {
    Refusal refusal{"The account cannot be closed."};
    try {
        refusal = gatehouse::from_json<Refusal>(answer.body);
    } catch (const gatehouse::Problem&) {
    }
    return gatehouse::Conflict(refusal.detail);
}

void check_match(const Request& request, const Profile& profile) {
    const auto list = request.header("if-match");
    if (list && !is_current(*list, profile)) throw gatehouse::PreconditionFailed("Somebody else changed it first.");
}

}  // namespace

gatehouse::Created<Profile> ProfileHandlers::create(const User& user, const ProfileChange& change) {
    return {service_.create(user, change), "/api/users/me"};
}

gatehouse::Tagged<Profile> ProfileHandlers::own(const User& user) {
    Profile profile = service_.own(user);
    std::string tag = tag_of(profile);
    return {std::move(profile), std::move(tag)};
}

gatehouse::Tagged<Profile> ProfileHandlers::change(const Request& request, const User& user,
                                                   const ProfileChange& change) {
    Profile profile = service_.change(user, change, [&](const Profile& before) { check_match(request, before); });
    std::string tag = tag_of(profile);
    return {std::move(profile), std::move(tag)};
}

gatehouse::NoContent ProfileHandlers::remove(const Request& request, const User& user) {
    auto call =
        gatehouse::CallRequest::json("PATCH", "/api/auth/users/" + std::to_string(user.id), AccountChange{"deleted"});
    const auto answer = context_.call("auth", std::move(call).within(request));
    if (answer.status == 409) throw refusal_of(answer);
    if (!answer.ok() && answer.status != 404) {
        throw gatehouse::ServiceUnavailable(std::chrono::seconds(1),
                                            "The account could not be closed yet; please try again.");
    }
    service_.hide(user);
    return {};
}

gatehouse::Tagged<PublicProfile> ProfileHandlers::show(PathParam<std::int64_t> id) {
    const Profile profile = service_.find(id);
    return {to_public(profile), tag_of(profile)};
}

gatehouse::Page<PublicProfile> ProfileHandlers::list(Query<ProfileQuery> query) {
    if (query->q) return service_.search(query);
    return {service_.find_all(query->ids), std::nullopt};
}

}  // namespace users

// Pictures of users: media keeps them, a profile names one of them. Every function blocks.
//
// A picture that is replaced is put aside in the transaction that names the new one, and deleted after it: at once if
// media answers, else by a job. So no picture that is shown is ever deleted, and none that is not shown stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/context.hpp>

#include "plugins/users/avatar_repository.hpp"
#include "plugins/users/profile_service.hpp"

namespace users {

class AvatarService final {
public:
    AvatarService(const gatehouse::Context& context, Database& database, ProfileService& profiles)
        : context_(context), database_(database), profiles_(profiles) {}

    // media_id: the user's own. NotFound after the profile's deletion; the picture is deleted then.
    Profile set(const User& user, const std::string& media_id);
    void remove(const User& user);
    // NotFound.
    [[nodiscard]] std::string find(std::int64_t user_id);

    // Deletes what was put aside and could not be deleted then.
    void clean_up(const gatehouse::JobRun& run);

private:
    void drop_own(const User& user);
    bool drop(const avatars::Aside& aside);

    const gatehouse::Context& context_;
    Database& database_;
    ProfileService& profiles_;
};

}  // namespace users

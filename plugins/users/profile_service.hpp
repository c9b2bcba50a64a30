// The rules about profiles, one transaction each.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/users/account_events.hpp"
#include "plugins/users/profile.hpp"

namespace users {

using gatehouse::Database;
using gatehouse::User;

class ProfileService final {
public:
    ProfileService(const gatehouse::Context& context, Database& database, std::string_view cursor_secret);

    // Fills the user's profile for the first time; Conflict if that has happened.
    Profile create(const User& user, const ProfileChange& change);
    // The user's own; made on first sight, so that every account has one. NotFound after deletion.
    Profile own(const User& user);
    // allow: sees the profile as it is and throws if it may not be changed (If-Match).
    Profile change(const User& user, const ProfileChange& change, const std::function<void(const Profile&)>& allow);
    // Hides the profile for good. Idempotent.
    void hide(const User& user);

    // What happened to the account, told by auth: the profile exists at once with the full name that was
    // given, follows the user name, goes with the account.
    void on_registered(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountRegistered& account);
    void on_renamed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountRenamed& account);
    // Hides the profile while the account is banned.
    void on_status_changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountStatus& account);
    void on_account_deleted(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountDeleted& account);

    void on_subscribed(gatehouse::Transaction& tx, const gatehouse::Event& event, const SubscriptionChanged& change);
    void on_unsubscribed(gatehouse::Transaction& tx, const gatehouse::Event& event, const SubscriptionChanged& change);

    // The user's picture is now that one of media's; empty: none. Gives the profile as it is then.
    Profile change_avatar(const User& user, const std::optional<std::string>& media_id);
    // Empty: no such user, or one without a picture.
    std::optional<std::string> avatar_of(std::int64_t user_id);

    Profile find(std::int64_t user_id);
    std::vector<PublicProfile> find_all(const std::vector<std::int64_t>& user_ids);
    gatehouse::Page<PublicProfile> search(const ProfileQuery& query);

private:
    Time now() const { return context_.wall_time(); }

    const gatehouse::Context& context_;
    Database& database_;
    gatehouse::Cursors cursors_;
};

}  // namespace users

#include "plugins/users/avatar_service.hpp"

#include <gatehouse/call.hpp>
#include <gatehouse/problem.hpp>

namespace users {

using gatehouse::Transaction;

namespace {

constexpr int kDroppedAtOnce = 16, kCleanedAtOnce = 200;

}  // namespace

Profile AvatarService::set(const User& user, const std::string& media_id) {
    try {
        const Profile profile = profiles_.change_avatar(user, media_id);
        drop_own(user);
        return profile;
    } catch (const gatehouse::NotFound&) {
        database_.write([&](Transaction& tx) { avatars::put_aside(tx, media_id, user.id); });
        drop_own(user);
        throw;
    }
}

void AvatarService::remove(const User& user) {
    static_cast<void>(profiles_.change_avatar(user, std::nullopt));
    drop_own(user);
}

std::string AvatarService::find(std::int64_t user_id) {
    auto media_id = profiles_.avatar_of(user_id);
    if (!media_id) throw gatehouse::NotFound("This user has no picture.");
    return *std::move(media_id);
}

void AvatarService::drop_own(const User& user) {
    const auto own = database_.read([&](Transaction& tx) { return avatars::aside_of(tx, user.id, kDroppedAtOnce); });
    for (const avatars::Aside& aside : own) {
        if (!drop(aside)) return;  // the job will try again
    }
}

void AvatarService::clean_up(const gatehouse::JobRun& run) {
    const auto some = database_.read([&](Transaction& tx) { return avatars::aside(tx, kCleanedAtOnce); });
    for (const avatars::Aside& aside : some) {
        if (run.should_stop() || !drop(aside)) return;
    }
}

// In its owner's name: media lets nobody else. 403 and 404: there is nothing of theirs to delete.
bool AvatarService::drop(const avatars::Aside& aside) {
    gatehouse::CallRequest request;
    request.method = "DELETE";
    request.target = "/api/media/" + gatehouse::percent_encode(aside.media_id);
    request.user = User{.id = aside.user_id, .name = {}, .session = {}, .roles = {}};
    try {
        const int status = context_.call("media", request).status;
        if (status != 204 && status != 403 && status != 404) return false;
    } catch (const gatehouse::CallFailed&) {
        return false;
    }
    database_.write([&](Transaction& tx) { avatars::forget(tx, aside.media_id); });
    return true;
}

}  // namespace users

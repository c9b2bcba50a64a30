#include "plugins/auth/revocations.hpp"

#include <algorithm>
#include <mutex>

namespace auth {

void Revocations::revoke_session(std::int64_t session_id, Seconds until) {
    const std::unique_lock lock(mutex_);
    Seconds& known = sessions_.try_emplace(session_id, until).first->second;
    known = std::max(known, until);
}

void Revocations::require_version(std::int64_t user_id, std::int64_t version, Seconds until) {
    const std::unique_lock lock(mutex_);
    Version& known = versions_.try_emplace(user_id, Version{version, until}).first->second;
    known = {std::max(known.least, version), std::max(known.until, until)};
}

bool Revocations::revoked(const Claims& claims) const {
    const std::shared_lock lock(mutex_);
    if (sessions_.contains(claims.session_id)) return true;
    const auto version = versions_.find(claims.user_id);
    return version != versions_.end() && claims.version < version->second.least;
}

void Revocations::forget_expired(Seconds now) {
    const std::unique_lock lock(mutex_);
    std::erase_if(sessions_, [now](const auto& entry) { return entry.second <= now; });
    std::erase_if(versions_, [now](const auto& entry) { return entry.second.until <= now; });
}

std::size_t Revocations::size() const {
    const std::shared_lock lock(mutex_);
    return sessions_.size() + versions_.size();
}

}  // namespace auth

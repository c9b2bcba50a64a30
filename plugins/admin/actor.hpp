// Who acts, as the audit log wants to know it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/request.hpp>

namespace admin {

struct Actor {
    std::int64_t id = 0;
    std::string name;
    bool is_admin = false;
    std::string request_id, address;

    // REQUIRES: the route has a user.
    [[nodiscard]] static Actor of(const gatehouse::Request& request) {
        const gatehouse::User& user = request.user();
        return {user.id, user.name, user.has_role("admin"), std::string(request.id()),
                std::string(request.remote_address())};
    }
    // This service itself: bans that end.
    [[nodiscard]] static Actor nobody() { return {0, "gatehouse", false, {}, {}}; }
};

inline std::string user_target(std::int64_t id) { return "user/" + std::to_string(id); }

}  // namespace admin

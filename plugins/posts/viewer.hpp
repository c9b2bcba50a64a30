#pragma once

#include <cstdint>

#include <gatehouse/request.hpp>

namespace posts {

// Who looks: decides what is visible. id 0 = anonymous, which owns nothing.
struct Viewer {
    std::int64_t id = 0;
    bool is_moderator = false;  // may delete what others wrote in public

    Viewer() = default;
    explicit Viewer(const gatehouse::User& user)
        : id(user.id), is_moderator(user.has_role("moderator") || user.has_role("admin")) {}
    explicit Viewer(const gatehouse::User* user) : Viewer(user == nullptr ? Viewer() : Viewer(*user)) {}
};

}  // namespace posts

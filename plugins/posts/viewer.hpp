#pragma once

#include <cstdint>

#include <gatehouse/request.hpp>

namespace posts {

// Who looks: decides what is visible. id 0 = anonymous, which owns nothing and follows nobody.
struct Viewer {
    std::int64_t id = 0;
    bool is_moderator = false;  // may delete what others wrote and the moderator may see
    bool sees_hidden = false;   // a moderator on whose behalf another service asks: a report leads to hidden posts too

    Viewer() = default;
    explicit Viewer(const gatehouse::User& user)
        : id(user.id), is_moderator(user.has_role("moderator") || user.has_role("admin")) {}
    explicit Viewer(const gatehouse::User* user) : Viewer(user == nullptr ? Viewer() : Viewer(*user)) {}
};

// Who wants to delete something. REQUIRES: the route has a user.
inline Viewer remover(const gatehouse::Request& request) {
    Viewer viewer(request.user());
    viewer.sees_hidden = viewer.is_moderator && !request.calling_service().empty();
    return viewer;
}

}  // namespace posts

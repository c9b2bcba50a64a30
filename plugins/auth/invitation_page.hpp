// What a browser shows for the link of an invitation: a form that needs nothing else of this site.
#pragma once

#include <gatehouse/response.hpp>

namespace auth {

inline constexpr char kInvitationPath[] = "/api/auth/invitation";

// No framing, no other origin, no script but its own.
[[nodiscard]] gatehouse::Response invitation_page();

}  // namespace auth

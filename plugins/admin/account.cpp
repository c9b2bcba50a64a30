#include "plugins/admin/account.hpp"

#include <algorithm>

namespace admin {

bool Account::has_role(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool is_not_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") != std::string::npos; }

}  // namespace admin

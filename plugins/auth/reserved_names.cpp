#include "plugins/auth/reserved_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "plugins/auth/account.hpp"

namespace auth {
namespace {

constexpr std::string_view kReserved[] = {"abuse",    "admin",     "administration", "administrator", "administrators",
                                          "admins",   "gatehouse", "helpdesk",       "moderator",     "moderators",
                                          "noreply",  "official",  "operator",       "postmaster",    "root",
                                          "security", "staff",     "superuser",      "support",       "sysadmin",
                                          "sysop",    "system",    "webmaster"};

constexpr std::pair<std::string_view, std::string_view> kLookAlikes[] = {{"rn", "m"}, {"vv", "w"}, {"cl", "d"}};

// 'i' and 'l' become one, since '1' and the capitals are like both.
char plain(char c) {
    constexpr std::string_view kFrom = "013457i", kTo = "oleastl";
    const auto at = kFrom.find(c);
    return at == kFrom.npos ? c : kTo[at];
}

// The same for all names that look alike.
std::string skeleton_of(std::string_view name) {
    std::string text = fold_case(name);
    std::erase_if(text, [](char c) { return c == '_' || c == '.' || c == '-'; });
    for (const auto& [pair, letter] : kLookAlikes) {
        for (auto at = text.find(pair); at != text.npos; at = text.find(pair, at + 1)) {
            text.replace(at, pair.size(), letter);
        }
    }
    std::transform(text.begin(), text.end(), text.begin(), plain);
    return text;
}

}  // namespace

bool is_reserved_name(std::string_view name) {
    static const auto skeletons = [] {
        std::array<std::string, std::size(kReserved)> made;
        std::transform(std::begin(kReserved), std::end(kReserved), made.begin(), skeleton_of);
        return made;
    }();
    return std::find(skeletons.begin(), skeletons.end(), skeleton_of(name)) != skeletons.end();
}

}  // namespace auth

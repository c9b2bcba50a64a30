// What the fields of bodies must be, in words for people.
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/visible_line.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/auth/account.hpp"
#include "plugins/auth/password_policy.hpp"

namespace auth {

inline constexpr char kUsernameRule[] =
    "must have 3 to 32 characters: letters A-Z, digits, '_', '.', '-', and at least one letter";
inline constexpr char kReservedName[] = "is kept for those who run this site";
inline constexpr char kEmailRule[] = "must be an e-mail address";
inline constexpr char kPhoneRule[] = "must be a telephone number of 5 to 15 digits";
inline constexpr char kRolesRule[] = "must be at most 16 names of a-z, 0-9, '_', '-', beginning with a letter";

// In mails and lists it stands beside other text.
template <class Struct>
constexpr auto full_name_field(std::optional<std::string> Struct::*member) {
    using namespace gatehouse;
    return field("full_name", member, min_length(1), max_length(100), satisfies(is_visible_line, kVisibleLineRule));
}

// The rules of password_policy.hpp that need no more than the password, so that they are told together with the rest.
template <class Struct>
constexpr auto new_password_field(std::string_view name, std::string Struct::*member) {
    using namespace gatehouse;
    return field(name, member, min_length(kPasswordCharactersMin), max_length(kPasswordCharactersMax), write_only,
                 satisfies([](const std::string& password) { return !is_common_password(password); },
                           "must not be one of the most common passwords"),
                 example("correct horse battery"));
}

}  // namespace auth

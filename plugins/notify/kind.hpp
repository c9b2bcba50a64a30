// What users are told about, and in which languages.
#pragma once

#include <gatehouse/describe.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace notify {

enum class Kind {
    confirm_email,
    reset_password,
    email_changed,
    password_changed,
    ban,
    unban,
    new_follower,
    order_status,
    webhook_disabled
};
inline constexpr std::pair<Kind, std::string_view> kKinds[] = {{Kind::confirm_email, "confirm_email"},
                                                               {Kind::reset_password, "reset_password"},
                                                               {Kind::email_changed, "email_changed"},
                                                               {Kind::password_changed, "password_changed"},
                                                               {Kind::ban, "ban"},
                                                               {Kind::unban, "unban"},
                                                               {Kind::new_follower, "new_follower"},
                                                               {Kind::order_status, "order_status"},
                                                               {Kind::webhook_disabled, "webhook_disabled"}};

constexpr auto describe(Kind*) {
    return gatehouse::names<Kind>({{"confirm_email", Kind::confirm_email},
                                   {"reset_password", Kind::reset_password},
                                   {"email_changed", Kind::email_changed},
                                   {"password_changed", Kind::password_changed},
                                   {"ban", Kind::ban},
                                   {"unban", Kind::unban},
                                   {"new_follower", Kind::new_follower},
                                   {"order_status", Kind::order_status},
                                   {"webhook_disabled", Kind::webhook_disabled}});
}

constexpr std::string_view name_of(Kind kind) {
    for (const auto& [value, name] : kKinds) {
        if (value == kind) return name;
    }
    return {};
}
constexpr std::optional<Kind> kind_of(std::string_view text) {
    for (const auto& [value, name] : kKinds) {
        if (name == text) return value;
    }
    return std::nullopt;
}

// The others are about somebody's account and always sent, to addresses that are not confirmed as well.
constexpr bool may_be_muted(Kind kind) { return kind == Kind::new_follower || kind == Kind::order_status; }

// Which mails go first, the lowest; in the database. Codes and tokens expire, and somebody is waiting for them.
inline constexpr int kRanks = 3;
constexpr int rank_of(Kind kind) {
    if (kind == Kind::confirm_email || kind == Kind::reset_password) return 0;
    return may_be_muted(kind) ? 2 : 1;
}

enum class Language { en, ru };
constexpr auto describe(Language*) { return gatehouse::names<Language>({{"en", Language::en}, {"ru", Language::ru}}); }
constexpr std::string_view name_of(Language language) { return language == Language::ru ? "ru" : "en"; }

}  // namespace notify

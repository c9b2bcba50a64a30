#include "plugins/notify/account_repository.hpp"

#include <gatehouse/binding.hpp>

#include <chrono>

namespace notify::accounts {

namespace {

constexpr char kFind[] =
    "select user_id, username, email, is_confirmed, language, muted_mail, muted_in_app from accounts where user_id = "
    "$1";
constexpr char kLearn[] =
    "insert into accounts (user_id, username, email) values ($1, $2, $3) on conflict (user_id) do update set "
    "username = case when excluded.username = '' then accounts.username else excluded.username end, "
    "is_confirmed = accounts.is_confirmed and (excluded.email = '' or lower(excluded.email) = lower(accounts.email)), "
    "email = case when excluded.email = '' then accounts.email else excluded.email end";
constexpr char kConfirm[] = "update accounts set is_confirmed = true where user_id = $1 and lower(email) = lower($2)";
constexpr char kChoose[] =
    "insert into accounts (user_id, username, email, language, muted_mail, muted_in_app) values ($1, $2, '', $3, $4, "
    "$5) "
    "on conflict (user_id) do update set language = excluded.language, muted_mail = excluded.muted_mail, "
    "muted_in_app = excluded.muted_in_app";
constexpr char kTakeFollowerMail[] =
    "update accounts set follower_mails = case when follower_mails_since <= $3 then 1 else follower_mails + 1 end, "
    "follower_mails_since = case when follower_mails_since <= $3 then $2 else follower_mails_since end where user_id = "
    "$1 and (follower_mails_since <= $3 or follower_mails < $4)";
constexpr char kRemove[] = "delete from accounts where user_id = $1";

std::vector<Kind> to_kinds(std::string_view text) {
    std::vector<Kind> kinds;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (const auto kind = kind_of(text.substr(0, end))) kinds.push_back(*kind);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return kinds;
}

std::optional<Language> to_language(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return *text == name_of(Language::ru) ? Language::ru : Language::en;
}

Account to_account(const gatehouse::Row& row) {
    return {row.get<std::int64_t>("user_id"),
            row.get<std::string>("username"),
            row.get<std::string>("email"),
            row.get<bool>("is_confirmed"),
            to_language(row.get<std::optional<std::string>>("language")),
            to_kinds(row.get<std::string>("muted_mail")),
            to_kinds(row.get<std::string>("muted_in_app"))};
}

}  // namespace

std::string to_text(const std::vector<Kind>& kinds) {
    std::string text;
    for (const Kind kind : kinds) text.append(text.empty() ? "" : " ").append(name_of(kind));
    return text;
}

std::optional<Account> find(Transaction& tx, std::int64_t user_id) {
    return tx.query(kFind, user_id).maybe<Account>(to_account);
}

Account find_or_unknown(Transaction& tx, std::int64_t user_id) {
    if (auto found = find(tx, user_id)) return *std::move(found);
    Account unknown;
    unknown.user_id = user_id;
    return unknown;
}

void learn(Transaction& tx, std::int64_t user_id, std::string_view username, std::string_view email) {
    tx.execute(kLearn, user_id, username, email);
}

void confirm(Transaction& tx, std::int64_t user_id, std::string_view email) { tx.execute(kConfirm, user_id, email); }

void choose(Transaction& tx, const Account& account) {
    const auto language = account.language ? std::optional(name_of(*account.language)) : std::nullopt;
    tx.execute(kChoose, account.user_id, account.username, language, to_text(account.muted_mail),
               to_text(account.muted_in_app));
}

bool take_follower_mail(Transaction& tx, std::int64_t user_id, Time now, int mails_max) {
    if (mails_max == 0) return false;
    const Time an_hour_ago = now - std::chrono::hours(1);
    return tx.execute(kTakeFollowerMail, user_id, gatehouse::to_unix_ms(now), gatehouse::to_unix_ms(an_hour_ago),
                      mails_max) == 1;
}

void remove(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

}  // namespace notify::accounts

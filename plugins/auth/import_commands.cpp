#include "plugins/auth/import_commands.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "plugins/auth/account_events.hpp"
#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/bcrypt.hpp"

namespace auth {
namespace {

constexpr std::string_view kArgon2Start = "$argon2id$v=19$";
constexpr std::size_t kHashBytesMax = 512;

struct Limit {
    std::string_view name;
    std::uint32_t least, most;
};
constexpr std::array kArgon2Limits = {Limit{"m=", 8, 262'144}, Limit{",t=", 1, 10}, Limit{",p=", 1, 4}};

bool take_number(std::string_view& text, const Limit& limit) {
    if (!text.starts_with(limit.name)) return false;
    text.remove_prefix(limit.name.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc() && number >= limit.least && number <= limit.most;
}

bool is_base64(std::string_view text) {
    return text.size() >= 11 && text.find_first_not_of(
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789+/") == text.npos;
}

// "$argon2id$v=19$m=…,t=…,p=…$salt$hash", no dearer than a server can bear.
bool is_argon2(std::string_view hash) {
    if (hash.size() > kHashBytesMax || !hash.starts_with(kArgon2Start)) return false;
    hash.remove_prefix(kArgon2Start.size());
    for (const Limit& limit : kArgon2Limits) {
        if (!take_number(hash, limit)) return false;
    }
    if (!hash.starts_with('$')) return false;
    hash.remove_prefix(1);
    const auto separator = hash.find('$');
    return separator != hash.npos && is_base64(hash.substr(0, separator)) && is_base64(hash.substr(separator + 1));
}

std::string stored_hash(const ImportedUser& user) {
    return user.password_suffix ? user.password_hash + "~" + *user.password_suffix : user.password_hash;
}

}  // namespace

bool is_importable_hash(const std::string& hash) {
    return is_argon2(hash) || (bcrypt_cost(hash) && hash.find('~') == hash.npos);
}

ImportResult ImportCommands::import(const ImportBody& body) {
    const Time now = clock_.wall();
    return database_.write([&](Transaction& tx) {
        ImportResult result;
        for (std::size_t i = 0; i < body.users.size(); ++i) {
            const ImportedUser& user = body.users[i];
            const auto skip = [&](const char* reason) {
                result.skipped.push_back({static_cast<std::int64_t>(i), user.username, reason});
            };
            const std::string hash = stored_hash(user);
            const auto cost = bcrypt_cost(hash);
            if (user.password_suffix && !cost) {
                skip("a password_suffix is for bcrypt, and has at most 128 octets");
                continue;
            }
            const Account account{.id = user.id.value_or(ids_.next()),
                                  .username = user.username,
                                  .email = user.email,
                                  .email_verified = user.email_verified,
                                  .roles = split_roles(join_roles(user.roles)),
                                  .status = user.status,
                                  .full_name = user.full_name,
                                  .phone = user.phone,
                                  .created_at = user.created_at.value_or(now),
                                  .last_login_at = std::nullopt};
            if (!accounts::insert_imported(tx, account, hash, cost)) {
                skip("the id, the user name or the e-mail address is taken");
                continue;
            }
            account_events::registered(tx, account);
            ++result.imported;
        }
        return result;
    });
}

}  // namespace auth

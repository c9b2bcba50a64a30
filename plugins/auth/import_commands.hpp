// Accounts of another system, with the hashes that it has kept: an operator's command.
#pragma once

#include <cstdint>
#include <gatehouse/describe.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/patch.hpp>
#include <gatehouse/storage/database.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/account.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/form_rules.hpp"

namespace auth {

// Whether this service can check a password against it: bcrypt, or Argon2id of a bounded cost.
[[nodiscard]] bool is_importable_hash(const std::string& hash);

struct ImportedUser {
    std::optional<std::int64_t> id;  // kept, so that what refers to it goes on doing so
    std::string username, email, password_hash;
    std::optional<std::string> password_suffix;  // hashed behind the password
    bool email_verified = false;
    std::vector<std::string> roles = {"user"};
    Status status = Status::active;
    std::optional<std::string> full_name, phone;
    std::optional<Time> created_at;
};
constexpr auto describe(ImportedUser*) {
    using namespace gatehouse;
    using U = ImportedUser;
    return fields(field("id", &U::id, minimum(1)),
                  field("username", &U::username, satisfies(is_username, kUsernameRule)),
                  field("email", &U::email, satisfies(is_email, kEmailRule)),
                  field("password_hash", &U::password_hash, write_only,
                        satisfies(is_importable_hash, "must be bcrypt of cost 4 to 14, or Argon2id")),
                  field("password_suffix", &U::password_suffix, write_only, max_length(128)),
                  field("email_verified", &U::email_verified, optional_default),
                  field("roles", &U::roles, optional_default, satisfies(are_roles, kRolesRule)),
                  field("status", &U::status, optional_default), full_name_field(&U::full_name),
                  field("phone", &U::phone, satisfies(is_phone, kPhoneRule)), field("created_at", &U::created_at));
}

struct ImportBody {
    std::vector<ImportedUser> users;
};
constexpr auto describe(ImportBody*) {
    using namespace gatehouse;
    return fields(field("users", &ImportBody::users, min_items(1), max_items(1'000)));
}

struct SkippedUser {
    std::int64_t index = 0;
    std::string username, reason;
};
constexpr auto describe(SkippedUser*) {
    using gatehouse::field;
    return gatehouse::fields(field("index", &SkippedUser::index), field("username", &SkippedUser::username),
                             field("reason", &SkippedUser::reason));
}

struct ImportResult {
    std::int64_t imported = 0;
    std::vector<SkippedUser> skipped;
};
constexpr auto describe(ImportResult*) {
    return gatehouse::fields(gatehouse::field("imported", &ImportResult::imported),
                             gatehouse::field("skipped", &ImportResult::skipped));
}

// Thread-safe; blocks.
class ImportCommands final {
public:
    ImportCommands(gatehouse::Database& database, Clock clock) : database_(database), clock_(std::move(clock)) {}

    // All in one transaction, each with its user.registered, without mails. Those whose id, name or address is taken
    // are skipped, so that the same call may be made again.
    [[nodiscard]] ImportResult import(const ImportBody& body);

private:
    gatehouse::Database& database_;
    const Clock clock_;
    gatehouse::IdSource ids_;
};

}  // namespace auth

#include "plugins/auth/account_repository.hpp"

#include <gatehouse/binding.hpp>
#include <gatehouse/storage/rows.hpp>

#include "plugins/auth/former_names.hpp"

namespace auth::accounts {
namespace {

using gatehouse::Row;

#define ACCOUNT_COLUMNS \
    "id, username, email, email_verified, roles, status, token_version, full_name, phone, created_at, last_login_at"

constexpr char kInsert[] =
    "insert into users (id, username, username_key, email, email_key, email_verified, password_hash, roles, status,"
    " full_name, phone, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)";
constexpr char kInsertImported[] =
    "insert into users (id, username, username_key, email, email_key, email_verified, password_hash, roles, status,"
    " full_name, phone, created_at, updated_at, imported_cost)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13) on conflict do nothing";
constexpr char kTakeBack[] = "delete from users where id = $1";
constexpr char kHighestImportedCost[] = "select max(imported_cost) from users where imported_cost is not null";
constexpr char kFind[] = "select " ACCOUNT_COLUMNS " from users where id = $1";
constexpr char kFindByName[] = "select " ACCOUNT_COLUMNS " from users where username_key = $1";
constexpr char kFindCredentials[] = "select " ACCOUNT_COLUMNS ", password_hash from users where id = $1";
constexpr char kFindByUsername[] = "select " ACCOUNT_COLUMNS ", password_hash from users where username_key = $1";
constexpr char kFindByEmail[] = "select " ACCOUNT_COLUMNS ", password_hash from users where email_key = $1";
constexpr char kTouchActive[] =
    "update users set last_login_at = $3 where id = $1 and password_hash = $2 and status = 'active'";
constexpr char kReplacePassword[] =
    "update users set password_hash = $3, imported_cost = null, updated_at = $4 where id = $1 and password_hash = $2";
constexpr char kSetPassword[] =
    "update users set password_hash = $2, imported_cost = null, updated_at = $3 where id = $1 and status = 'active'";
constexpr char kUpdateNames[] =
    "update users set username = $2, username_key = $3, email = $4, email_key = $5, email_verified = $6, updated_at = "
    "$7"
    " where id = $1";
constexpr char kVerifyEmail[] =
    "update users set email_verified = $3, updated_at = $4 where id = $1 and email_key = $2";
constexpr char kUpdateRights[] =
    "update users set roles = $2, status = $3, token_version = token_version + 1, token_version_at = $4,"
    " updated_at = $4, deleted_at = case when $5 then coalesce(deleted_at, $4) end"
    " where id = $1 and erased_at is null returning token_version";
constexpr char kHasOtherAdmin[] =
    "select exists (select 1 from users where id <> $1 and status = 'active' and ',' || roles || ',' like '%,admin,%')"
    " as has_other";
// Such an address cannot be registered: it has no dot.
constexpr char kEraseDeleted[] =
    "update users set email = 'deleted-' || id || '@invalid', email_key = 'deleted-' || id || '@invalid',"
    " email_verified = $4, password_hash = '!', imported_cost = null, full_name = null, phone = null,"
    " last_login_at = null, erased_at = $2 where id in"
    " (select id from users where deleted_at < $1 and erased_at is null order by deleted_at limit $3)";
constexpr char kVersionChanges[] =
    "select id, token_version, token_version_at from users where token_version_at > 0"
    " and (token_version_at, id) > ($1, $2) order by token_version_at, id limit $3";

std::optional<Time> optional_time(const Row& row, std::string_view column) {
    const auto at = row.get<std::optional<std::int64_t>>(column);
    return at ? std::optional(gatehouse::from_unix_ms(*at)) : std::nullopt;
}

Account to_account(const Row& row) {
    return {.id = row.get<std::int64_t>("id"),
            .username = row.get<std::string>("username"),
            .email = row.get<std::string>("email"),
            .email_verified = row.get<bool>("email_verified"),
            .roles = split_roles(row.get<std::string_view>("roles")),
            .status = gatehouse::from_name<Status>(row.get<std::string_view>("status")).value(),
            .token_version = row.get<std::int64_t>("token_version"),
            .full_name = row.get<std::optional<std::string>>("full_name"),
            .phone = row.get<std::optional<std::string>>("phone"),
            .created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at")),
            .last_login_at = optional_time(row, "last_login_at")};
}

Credentials to_credentials(const Row& row) { return {to_account(row), row.get<std::string>("password_hash")}; }

VersionChange to_version_change(const Row& row) {
    return {row.get<std::int64_t>(0), row.get<std::int64_t>(1), row.get<std::int64_t>(2)};
}

// Collects the conditions of a list together with their parameters.
class Conditions {
public:
    explicit Conditions(const AccountFilter& filter)
        : key_(fold_case(filter.search.value_or(""))), key_end_(key_ + "\x7f") {
        if (!filter.ids.empty()) add_ids(filter.ids);
        if (filter.search) {
            const std::string low = add(key_), high = add(key_end_);
            sql_ += " and ((username_key >= " + low + " and username_key < " + high + ") or (email_key >= " + low +
                    " and email_key < " + high + "))";
        }
        if (filter.status) sql_ += " and status = " + add(gatehouse::name_of(*filter.status));
        if (filter.email_verified) sql_ += " and email_verified = " + add(*filter.email_verified);
        if (filter.before) sql_ += " and id < " + add(*filter.before);
        sql_ += " order by id desc limit " + add(filter.limit);
    }

    const std::string& sql() const { return sql_; }
    std::span<const gatehouse::Parameter> parameters() const { return parameters_; }

private:
    std::string add(gatehouse::Parameter parameter) {
        parameters_.push_back(parameter);
        return "$" + std::to_string(parameters_.size());
    }
    void add_ids(const std::vector<std::int64_t>& ids) {
        std::string list;
        for (const std::int64_t id : ids) list.append(list.empty() ? "" : ", ").append(add(id));
        sql_ += " and id in (" + list + ")";
    }

    const std::string key_, key_end_;  // user names and addresses are ASCII below 0x7f
    std::string sql_ = "select " ACCOUNT_COLUMNS " from users where true";
    std::vector<gatehouse::Parameter> parameters_;
};

}  // namespace

void insert(Transaction& tx, const Account& account, std::string_view password_hash) {
    tx.execute(kInsert, account.id, account.username, fold_case(account.username), account.email,
               fold_case(account.email), account.email_verified, password_hash, join_roles(account.roles),
               gatehouse::name_of(account.status), account.full_name, account.phone,
               gatehouse::to_unix_ms(account.created_at));
}

bool insert_imported(Transaction& tx, const Account& account, std::string_view password_hash,
                     std::optional<int> imported_cost) {
    const auto inserted = tx.execute(kInsertImported, account.id, account.username, fold_case(account.username),
                                     account.email, fold_case(account.email), account.email_verified, password_hash,
                                     join_roles(account.roles), gatehouse::name_of(account.status), account.full_name,
                                     account.phone, gatehouse::to_unix_ms(account.created_at), imported_cost);
    if (inserted == 0) return false;
    // Looked at afterwards: a renaming that gave the name up at the same time is over by now.
    if (!former_names::holder(tx, account.username)) return true;
    tx.execute(kTakeBack, account.id);
    return false;
}

int highest_imported_cost(Transaction& tx) {
    return tx.query(kHighestImportedCost).one<std::optional<int>>().value_or(0);
}

std::optional<Account> find(Transaction& tx, std::int64_t id) { return tx.query(kFind, id).maybe<Account>(to_account); }

std::optional<Account> find_by_name(Transaction& tx, std::string_view username) {
    return tx.query(kFindByName, fold_case(username)).maybe<Account>(to_account);
}

std::optional<Credentials> find_credentials(Transaction& tx, std::int64_t id) {
    return tx.query(kFindCredentials, id).maybe<Credentials>(to_credentials);
}

std::optional<Credentials> find_by_login(Transaction& tx, std::string_view login) {
    const bool is_address = login.find('@') != login.npos;
    return tx.query(is_address ? kFindByEmail : kFindByUsername, fold_case(login)).maybe<Credentials>(to_credentials);
}

std::vector<Account> list(Transaction& tx, const AccountFilter& filter) {
    const Conditions conditions(filter);
    return tx.run(conditions.sql(), conditions.parameters()).rows.all<Account>(to_account);
}

bool touch_active(Transaction& tx, std::int64_t id, std::string_view password_hash, Time now) {
    return tx.execute(kTouchActive, id, password_hash, gatehouse::to_unix_ms(now)) == 1;
}

bool replace_password(Transaction& tx, std::int64_t id, std::string_view old_hash, std::string_view new_hash,
                      Time now) {
    return tx.execute(kReplacePassword, id, old_hash, new_hash, gatehouse::to_unix_ms(now)) == 1;
}

bool set_password(Transaction& tx, std::int64_t id, std::string_view hash, Time now) {
    return tx.execute(kSetPassword, id, hash, gatehouse::to_unix_ms(now)) == 1;
}

void update_names(Transaction& tx, const Account& account, Time now) {
    tx.execute(kUpdateNames, account.id, account.username, fold_case(account.username), account.email,
               fold_case(account.email), account.email_verified, gatehouse::to_unix_ms(now));
}

bool verify_email(Transaction& tx, std::int64_t id, std::string_view email_key, Time now) {
    return tx.execute(kVerifyEmail, id, email_key, true, gatehouse::to_unix_ms(now)) == 1;
}

std::optional<std::int64_t> update_rights(Transaction& tx, const Account& account, Time now) {
    return tx
        .query(kUpdateRights, account.id, join_roles(account.roles), gatehouse::name_of(account.status),
               gatehouse::to_unix_ms(now), account.status == Status::deleted)
        .maybe<std::int64_t>();
}

bool has_other_admin(Transaction& tx, std::int64_t than) { return tx.query(kHasOtherAdmin, than).one<bool>(); }

std::int64_t erase_deleted(Transaction& tx, Time deleted_before, Time now, int limit) {
    return tx.execute(kEraseDeleted, gatehouse::to_unix_ms(deleted_before), gatehouse::to_unix_ms(now), limit, false);
}

std::vector<VersionChange> version_changes(Transaction& tx, std::int64_t after_ms, std::int64_t after_id, int limit) {
    return tx.query(kVersionChanges, after_ms, after_id, limit).all<VersionChange>(to_version_change);
}

}  // namespace auth::accounts

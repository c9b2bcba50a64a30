#include "plugins/auth/seeding.hpp"

#include <gatehouse/problem.hpp>

#include "plugins/auth/account.hpp"
#include "plugins/auth/import_commands.hpp"
#include "plugins/auth/password_policy.hpp"
#include "sdk/seed/rows.hpp"

namespace auth::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Part;
using gatehouse::seed::Person;
using gatehouse::seed::Range;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

void seed_accounts(Database& database, const World& world, const Range& range, const std::string& password_hash) {
    if (!is_importable_hash(password_hash)) throw gatehouse::Invalid("/keep", "must be what seed.plan has answered");
    struct Row {
        Person person;
        std::string username_key, email_key, full_name;
        bool is_moderator = false;
    };
    std::vector<Row> accounts;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        Person person = world.people.person(number);
        std::string username_key = fold_case(person.username), email_key = fold_case(person.email);
        std::string full_name = person.full_name();
        accounts.push_back({std::move(person), std::move(username_key), std::move(email_key), std::move(full_name),
                            world.people.is_moderator(number)});
    }
    const std::string of_users = join_roles({"user"}), of_moderators = join_roles({"user", "moderator"});
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from users where id = $1", accounts.front().person.id)) return;
        Rows rows(tx,
                  "users (id, username, username_key, email, email_key, email_verified, password_hash, roles, "
                  "full_name, created_at, updated_at)",
                  11);
        for (const auto& [person, username_key, email_key, full_name, is_moderator] : accounts) {
            rows.add(person.id, person.username, username_key, person.email, email_key, true, password_hash,
                     is_moderator ? of_moderators : of_users, full_name, person.created_at, person.created_at);
        }
        rows.flush();
    });
}

}  // namespace

bool is_empty(Transaction& tx) { return tx.query("select 1 from users limit 1").empty(); }

std::vector<Part> parts(Database& database) {
    const auto accounts = [&database](const World& world, const Range& range, const std::string& password_hash) {
        seed_accounts(database, world, range, password_hash);
    };
    return {{"accounts", Part::Of::people, 2'000, accounts}, gatehouse::seed::statistics_of(database, {"users"})};
}

std::string hash(PasswordHasher& hasher, const std::string& password) {
    if (auto problem = password_problem(password, {}, {})) throw gatehouse::Invalid("/password", *std::move(problem));
    return hasher.hash(password);
}

}  // namespace auth::seeding

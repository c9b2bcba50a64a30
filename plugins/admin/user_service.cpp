#include "plugins/admin/user_service.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <gatehouse/problem.hpp>

#include "plugins/admin/bans.hpp"

namespace admin {

namespace {

using gatehouse::Conflict;

constexpr int kAtOnce = 100;

struct BanDetails {
    std::string username, reason;
    std::optional<Time> until;
};
constexpr auto describe(BanDetails*) {
    return fields(field("username", &BanDetails::username), field("reason", &BanDetails::reason),
                  field("until", &BanDetails::until));
}

struct UserDetails {
    std::string username;
};
constexpr auto describe(UserDetails*) { return fields(field("username", &UserDetails::username)); }

struct RolesDetails {
    std::string username;
    std::vector<std::string> before, after;
};
constexpr auto describe(RolesDetails*) {
    return fields(field("username", &RolesDetails::username), field("before", &RolesDetails::before),
                  field("after", &RolesDetails::after));
}

struct EndDetails {
    Time until{};
};
constexpr auto describe(EndDetails*) { return fields(field("until", &EndDetails::until)); }

struct EmailDetails {
    std::string username, email;
};
constexpr auto describe(EmailDetails*) {
    return fields(field("username", &EmailDetails::username), field("email", &EmailDetails::email));
}

}  // namespace

UserService::UserService(const gatehouse::Context& context, gatehouse::Database& database, const Accounts& accounts,
                         ErrandRunner& errands, const AuditLog& audit, std::vector<std::string> roles)
    : context_(context),
      database_(database),
      accounts_(accounts),
      errands_(errands),
      audit_(audit),
      roles_(std::move(roles)) {}

gatehouse::Page<Account> UserService::list(const UserQuery& query, const gatehouse::Request& request) {
    auto page = accounts_.list(query, request);
    add_bans(page.items);
    return page;
}

Account UserService::find(std::int64_t id, const gatehouse::Request& request) {
    auto account = id > 0 ? accounts_.find(id, request) : std::nullopt;
    if (!account) throw gatehouse::NotFound("There is no such user.");
    std::vector<Account> one;
    one.push_back(*std::move(account));
    add_bans(one);
    return std::move(one.front());
}

UserService::Changed UserService::ban(const gatehouse::Request& request, std::int64_t id, const BanDraft& draft) {
    const Actor actor = Actor::of(request);
    const Time now = context_.wall_time();
    if (draft.until && *draft.until <= now) throw gatehouse::Invalid("/until", "must be in the future");
    Account account = find_present(id, request);
    if (id == actor.id) throw Conflict("You cannot ban yourself.");
    const Errand errand = errands_.make(ErrandKind::ban, user_target(id), ban_order(account.status), actor);
    const Ban ban{id, draft.reason, draft.until, actor.id, actor.name, now};
    database_.write([&](Transaction& tx) {
        errands::insert(tx, errand);
        bans::put(tx, ban);
        audit_.write(tx, now, actor, "user.ban", errand.target,
                     BanDetails{account.username, draft.reason, draft.until});
    });
    const Outcome outcome = errands_.carry_out(errand);
    outcome.require_accepted();
    if (outcome.is_done()) account.status = Status::banned;
    account.ban = ban;
    return {std::move(account), outcome.is_done()};
}

UserService::Changed UserService::unban(const gatehouse::Request& request, std::int64_t id) {
    const Actor actor = Actor::of(request);
    Account account = find_present(id, request);
    if (account.status == Status::active) {
        const std::string target = user_target(id);
        if (database_.read([&](Transaction& tx) { return errands::is_under_way(tx, target); })) {
            throw Conflict("An earlier decision about the same is still being carried out.");
        }
        return {std::move(account), true};
    }
    const Errand errand = errands_.make(ErrandKind::unban, user_target(id), unban_order(), actor);
    database_.write([&](Transaction& tx) {
        errands::insert(tx, errand);
        audit_.write(tx, context_.wall_time(), actor, "user.unban", errand.target, UserDetails{account.username});
    });
    const Outcome outcome = errands_.carry_out(errand);
    outcome.require_accepted();
    if (outcome.is_done()) {
        account.status = Status::active;
        account.ban.reset();
    }
    return {std::move(account), outcome.is_done()};
}

UserService::Changed UserService::set_roles(const gatehouse::Request& request, std::int64_t id, const RolesDraft& draft,
                                            const Allow& allow) {
    const Actor actor = Actor::of(request);
    require_known(draft.roles);
    Account account = find_present(id, request);
    allow(account);
    const std::set<std::string> wanted(draft.roles.begin(), draft.roles.end());
    const std::vector<std::string> roles(wanted.begin(), wanted.end());
    if (id == actor.id && !wanted.contains("admin"))
        throw Conflict("You cannot take the role of an admin from yourself.");
    if (std::set(account.roles.begin(), account.roles.end()) == wanted) return {std::move(account), true};
    const RolesOrder order{roles, Expected{std::nullopt, account.roles}};
    const Errand errand = errands_.make(ErrandKind::set_roles, user_target(id), gatehouse::to_json(order), actor);
    database_.write([&](Transaction& tx) {
        errands::insert(tx, errand);
        audit_.write(tx, context_.wall_time(), actor, "user.roles", errand.target,
                     RolesDetails{account.username, account.roles, roles});
    });
    const Outcome outcome = errands_.carry_out(errand);
    if (outcome.kind == Outcome::Kind::refused) allow(find(id, request));  // changed since we looked: If-Match fails
    outcome.require_accepted();
    if (outcome.is_done()) account.roles = roles;
    return {std::move(account), outcome.is_done()};
}

UserService::Changed UserService::verify_email(const gatehouse::Request& request, std::int64_t id) {
    const Actor actor = Actor::of(request);
    Account account = find_present(id, request);
    if (account.email_verified) return {std::move(account), true};
    const Errand errand =
        errands_.make(ErrandKind::verify_email, user_target(id), gatehouse::to_json(EmailOrder{}), actor);
    database_.write([&](Transaction& tx) {
        errands::insert(tx, errand);
        audit_.write(tx, context_.wall_time(), actor, "user.verify_email", errand.target,
                     EmailDetails{account.username, account.email});
    });
    const Outcome outcome = errands_.carry_out(errand);
    outcome.require_accepted();
    if (outcome.is_done()) account.email_verified = true;
    return {std::move(account), outcome.is_done()};
}

void UserService::end_bans(const gatehouse::JobRun& run) {
    const Time now = context_.wall_time();
    const auto over = database_.read([&](Transaction& tx) { return bans::over(tx, now, kAtOnce); });
    for (const Ban& ban : over) {
        if (run.should_stop()) return;
        const Errand errand =
            errands_.make_due(ErrandKind::unban, user_target(ban.user_id), unban_order(), Actor::nobody());
        try {
            database_.write([&](Transaction& tx) {
                errands::insert(tx, errand);
                if (!bans::is_over(tx, ban.user_id, now)) throw Conflict("The ban was renewed.");
                audit_.write(tx, now, Actor::nobody(), "user.unban", errand.target,
                             EndDetails{ban.until.value_or(now)});
            });
        } catch (const Conflict&) {
            continue;  // somebody is at it
        }
    }
}

Account UserService::find_present(std::int64_t id, const gatehouse::Request& request) {
    Account account = find(id, request);
    if (account.status == Status::deleted) throw Conflict("The account is deleted.");
    return account;
}

void UserService::add_bans(std::vector<Account>& accounts) {
    std::vector<std::int64_t> banned;
    for (const Account& account : accounts) {
        if (account.status == Status::banned) banned.push_back(account.id);
    }
    if (banned.empty()) return;
    const auto bans = database_.read([&](Transaction& tx) { return bans::of(tx, banned); });
    for (Account& account : accounts) {
        const auto ban =
            std::find_if(bans.begin(), bans.end(), [&](const Ban& one) { return one.user_id == account.id; });
        if (ban != bans.end() && account.status == Status::banned) account.ban = *ban;
    }
}

void UserService::require_known(const std::vector<std::string>& roles) const {
    std::vector<gatehouse::FieldError> errors;
    for (std::size_t i = 0; i < roles.size(); ++i) {
        if (std::find(roles_.begin(), roles_.end(), roles[i]) == roles_.end())
            errors.push_back({.pointer = "/roles/" + std::to_string(i), .detail = "is not a role", .parameter = {}});
    }
    if (!errors.empty()) throw gatehouse::Invalid(std::move(errors));
}

}  // namespace admin

// What was decided here and another service has to do: ban an account, delete a post. The table `errands`.
//
//   decide                      one transaction: the own state, the audit log, and the errand
//   do it                       at once, by a call; and again by a job, each minute while nobody answers, and ever more
//                               seldom, down to once an hour, if the answer is that it failed
//   finish                      one transaction: the errand goes, and the state becomes final, or is taken back
//
// So whatever is killed when, the errand is there until what was decided is done, or was refused. Doing one twice is
// harmless; there is one at a time for each target, so two of them cannot overtake each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include "plugins/admin/account.hpp"

namespace admin {

using gatehouse::Transaction;

enum class ErrandKind { ban, unban, set_roles, verify_email, remove_post, remove_comment };
constexpr auto describe(ErrandKind*) {
    return gatehouse::names<ErrandKind>({{"ban", ErrandKind::ban},
                                         {"unban", ErrandKind::unban},
                                         {"set_roles", ErrandKind::set_roles},
                                         {"verify_email", ErrandKind::verify_email},
                                         {"remove_post", ErrandKind::remove_post},
                                         {"remove_comment", ErrandKind::remove_comment}});
}

struct Errand {
    std::int64_t id = 0;
    ErrandKind kind = ErrandKind::ban;
    std::string target;     // "user/7", "post/7", "comment/7"
    std::string arguments;  // JSON: what auth is to change
    std::int64_t actor_id = 0;
    std::string actor_name, request_id;
    std::int64_t attempts = 0;
    Time next_at{}, created_at{};
    std::int64_t failures = 0;  // answers that it failed
    std::string last_error;

    // Failed for about an hour: somebody should look.
    static constexpr std::int64_t kStuckAfter = 8;
    [[nodiscard]] bool is_stuck() const { return failures >= kStuckAfter; }
    [[nodiscard]] std::int64_t target_id() const;
};

// Of an account as it was seen; auth refuses when it is not so any more.
struct Expected {
    std::optional<Status> status;
    std::optional<std::vector<std::string>> roles;
};
constexpr auto describe(Expected*) {
    return fields(field("status", &Expected::status), field("roles", &Expected::roles));
}

struct StatusOrder {
    Status status = Status::active;
    std::optional<std::string> reason;  // for the user
    Expected expected;
    bool keep_admin = true;
};
constexpr auto describe(StatusOrder*) {
    return fields(field("status", &StatusOrder::status), field("reason", &StatusOrder::reason),
                  field("expected", &StatusOrder::expected), field("keep_admin", &StatusOrder::keep_admin));
}

struct RolesOrder {
    std::vector<std::string> roles;
    std::optional<Expected> expected;
    bool keep_admin = true;
};
constexpr auto describe(RolesOrder*) {
    return fields(field("roles", &RolesOrder::roles), field("expected", &RolesOrder::expected),
                  field("keep_admin", &RolesOrder::keep_admin));
}

struct EmailOrder {
    bool email_verified = true;
};
constexpr auto describe(EmailOrder*) { return fields(field("email_verified", &EmailOrder::email_verified)); }

// What auth is asked for, as arguments of an errand, on the condition that the account is as it was seen.
[[nodiscard]] std::string ban_order(Status seen, const std::string& reason);
[[nodiscard]] std::string unban_order();

namespace errands {

// Conflict when there is one for that target.
void insert(Transaction& tx, const Errand& errand);
[[nodiscard]] bool is_under_way(Transaction& tx, const std::string& target);
// Those whose time has come, the oldest first.
[[nodiscard]] std::vector<Errand> due(Transaction& tx, Time now, int limit);
// Counts another attempt. False when somebody else has begun it, or finished.
[[nodiscard]] bool claim(Transaction& tx, const Errand& errand, Time next_at);
// Keeps failures and last_error, and when to try again. False when somebody else has begun the next attempt, or
// finished.
[[nodiscard]] bool put_off(Transaction& tx, const Errand& errand);
// For operators: those that wait, the oldest first.
[[nodiscard]] std::vector<Errand> list(Transaction& tx, int limit);
[[nodiscard]] std::int64_t count(Transaction& tx);
[[nodiscard]] std::optional<Errand> find(Transaction& tx, std::int64_t id);
// Due now, as if they had never failed; all of them without an id. Returns how many.
std::int64_t retry(Transaction& tx, std::optional<std::int64_t> id, Time now);
// False when somebody else has.
[[nodiscard]] bool remove(Transaction& tx, std::int64_t id);

}  // namespace errands
}  // namespace admin

// What administrators do with accounts. [worker]
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/admin/accounts.hpp"
#include "plugins/admin/audit.hpp"
#include "plugins/admin/errand_runner.hpp"

namespace admin {

class UserService final {
public:
    struct Changed {
        Account account;
        bool is_done = true;  // else it is decided, and will be done
    };
    // Throws if the account, as it is, may not be changed (If-Match).
    using Allow = std::function<void(const Account&)>;

    // roles: those that may be given.
    UserService(const gatehouse::Context& context, gatehouse::Database& database, const Accounts& accounts,
                ErrandRunner& errands, const AuditLog& audit, std::vector<std::string> roles);

    [[nodiscard]] gatehouse::Page<Account> list(const UserQuery& query, const gatehouse::Request& request);
    // NotFound when there is none.
    [[nodiscard]] Account find(std::int64_t id, const gatehouse::Request& request);

    // All four: Conflict for a deleted account, and while another decision about it is being carried out.
    // ban: of somebody banned changes reason and end. Conflict for oneself and the last administrator.
    Changed ban(const gatehouse::Request& request, std::int64_t id, const BanDraft& draft);
    // Idempotent.
    Changed unban(const gatehouse::Request& request, std::int64_t id);
    // Invalid for a role that does not exist; Conflict for who would be no administrator any more by his own hand, or
    // leave none.
    Changed set_roles(const gatehouse::Request& request, std::int64_t id, const RolesDraft& draft, const Allow& allow);
    // Idempotent.
    Changed verify_email(const gatehouse::Request& request, std::int64_t id);

    // Makes errands of the bans that are over.
    void end_bans(const gatehouse::JobRun& run);

private:
    [[nodiscard]] Account find_present(std::int64_t id, const gatehouse::Request& request);
    void add_bans(std::vector<Account>& accounts);
    void require_known(const std::vector<std::string>& roles) const;

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    const Accounts& accounts_;
    ErrandRunner& errands_;
    const AuditLog& audit_;
    const std::vector<std::string> roles_;
};

}  // namespace admin

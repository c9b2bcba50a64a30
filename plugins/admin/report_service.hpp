// The rules about reports. [worker]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/admin/audit.hpp"
#include "plugins/admin/content.hpp"
#include "plugins/admin/errand_runner.hpp"
#include "plugins/admin/report.hpp"

namespace admin {

class ReportService final {
public:
    static constexpr std::int64_t kOpenMax = 100;  // of one user

    ReportService(const gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                  const Accounts& accounts, ErrandRunner& errands, const AuditLog& audit, std::string_view cursor_key);

    struct Filed {
        Report report;
        bool is_new = false;  // else the one that the same user has filed about the same, and that is not resolved yet
    };
    // NotFound for what who reports may not see; Invalid for what is his own; TooManyRequests beyond kOpenMax.
    Filed file(const gatehouse::Request& request, const ReportDraft& draft);

    [[nodiscard]] gatehouse::Page<Report> list(const ReportQuery& query);
    [[nodiscard]] Report find(std::int64_t id);

    // With all open reports of the same target. Of two at once one wins, the other gets Conflict; the same decision
    // by the same moderator again changes nothing. Returned as `resolving` when posts or auth do not answer: it will
    // be done. Forbidden about oneself, and for a moderator who would ban an administrator or a moderator.
    Report resolve(const gatehouse::Request& request, std::int64_t id, const Decision& decision);

private:
    [[nodiscard]] std::optional<Errand> errand_for(const gatehouse::Request& request, const Actor& actor,
                                                   const Report& report, const Decision& decision);
    struct Decided {
        Report report;
        bool is_new = false;  // else it was decided alike a moment ago
    };
    [[nodiscard]] Decided decide(const Actor& actor, const Report& report, const Decision& decision,
                                 const std::optional<Errand>& errand);
    void note_ban(Transaction& tx, const Actor& actor, const Report& report, const Decision& decision, Time now);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::IdSource& ids_;
    const Accounts& accounts_;
    const Contents contents_;
    ErrandRunner& errands_;
    const AuditLog& audit_;
    const gatehouse::Cursors cursors_;
};

}  // namespace admin

// admin: moderation. What it builds, its routes, its events and its job.
#include <gatehouse/ext/call.h>
#include <gatehouse/ext/lease.h>

#include <chrono>
#include <string>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/admin/account_events.hpp"
#include "plugins/admin/audit_handlers.hpp"
#include "plugins/admin/errand_commands.hpp"
#include "plugins/admin/report_handlers.hpp"
#include "plugins/admin/seeding.hpp"
#include "plugins/admin/user_handlers.hpp"

namespace admin {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

constexpr auto kBodyMax = 16_KiB;  // the longest texts, however they are written

class Admin final : public gatehouse::Service {
public:
    static constexpr std::string_view description =
        "Users, reports and the audit log, for administrators and moderators";
    static constexpr const char* needs[] = {GH_EXT_CALL, GH_EXT_LEASE, nullptr};

    struct Config {
        std::string database = "sqlite:var/data/admin.db";
        std::string cursor_key;
        std::vector<std::string> roles = {"user", "moderator", "admin"};
        gatehouse::EventOptions events;
    };

    Admin(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "admin"}, migrations()),
          events_(context, database_, config.events),
          accounts_(context),
          errands_(context, database_, ids_, accounts_, audit_log_),
          errand_commands_(context, database_, errands_),
          user_service_(context, database_, accounts_, errands_, audit_log_, config.roles),
          report_service_(context, database_, ids_, accounts_, errands_, audit_log_, config.cursor_key),
          audit_(database_, config.cursor_key),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_)) {
        gatehouse::map_storage_errors(context);
        declare_user_routes(context);
        declare_report_routes(context);
        context.get("/api/admin/audit", audit_, &AuditHandlers::list).requires_role("admin").summary("The audit log");
        context.on("user.deleted", &account_events::deleted);
        context.every("carry out decisions", 1s, &Admin::carry_out_decisions).at_start();
    }

    void start() override { database_.open(); }
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    void declare_user_routes(gatehouse::Context& context) {
        constexpr std::string_view kId = "the user's id";
        context.get("/api/admin/users", users_, &UserHandlers::list).requires_role("admin").summary("Users");
        context.get("/api/admin/users/{id:int}", users_, &UserHandlers::show)
            .requires_role("admin")
            .refuses({404})
            .summary("A user")
            .param("id", kId);
        context.patch("/api/admin/users/{id:int}", users_, &UserHandlers::set_roles)
            .requires_role("admin")
            .checks_match()
            .max_body(kBodyMax)
            .gives<Account>(200)
            .gives<Account>(202)
            .refuses({404, 409, 412})
            .summary("Give other roles")
            .param("id", kId);
        context.post("/api/admin/users/{id:int}/ban", users_, &UserHandlers::ban)
            .requires_role("admin")
            .max_body(kBodyMax)
            .gives<Account>(200)
            .gives<Account>(202)
            .refuses({404, 409})
            .summary("Ban somebody")
            .param("id", kId);
        context.post("/api/admin/users/{id:int}/unban", users_, &UserHandlers::unban)
            .requires_role("admin")
            .max_body(kBodyMax)
            .gives<Account>(200)
            .gives<Account>(202)
            .refuses({404, 409})
            .summary("End a ban")
            .param("id", kId);
        context.post("/api/admin/users/{id:int}/verify-email", users_, &UserHandlers::verify_email)
            .requires_role("admin")
            .max_body(kBodyMax)
            .gives<Account>(200)
            .gives<Account>(202)
            .refuses({404, 409})
            .summary("Take an e-mail address as proved")
            .param("id", kId);
    }

    void declare_report_routes(gatehouse::Context& context) {
        context.post("/api/reports", reports_, &ReportHandlers::file)
            .requires_user()
            .max_body(kBodyMax)
            .gives<Receipt>(201)
            .gives<Receipt>(200)
            .refuses({404, 429})
            .summary("Report a post, a comment or a user");
        context.get("/api/admin/reports", reports_, &ReportHandlers::list)
            .requires_role("admin")
            .requires_role("moderator")
            .summary("Reports");
        context.get("/api/admin/reports/{id:int}", reports_, &ReportHandlers::show)
            .requires_role("admin")
            .requires_role("moderator")
            .refuses({404})
            .summary("A report")
            .param("id", "the report\'s id");
        context.post("/api/admin/reports/{id:int}/resolve", reports_, &ReportHandlers::resolve)
            .requires_role("admin")
            .requires_role("moderator")
            .max_body(kBodyMax)
            .gives<Report>(200)
            .gives<Report>(202)
            .refuses({404, 409})
            .summary("Resolve all open reports of the same")
            .param("id", "the report\'s id");
    }

    void carry_out_decisions(const gatehouse::JobRun& run) {
        user_service_.end_bans(run);
        errands_.carry_out_due(run);
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    gatehouse::IdSource ids_;
    const AuditLog audit_log_{ids_};
    const Accounts accounts_;
    ErrandRunner errands_;
    ErrandCommands errand_commands_;
    UserService user_service_;
    ReportService report_service_;
    UserHandlers users_{user_service_};
    ReportHandlers reports_{report_service_};
    AuditHandlers audit_;
    gatehouse::seed::Seeder seeder_;
};

constexpr auto describe(Admin::Config*) {
    using gatehouse::description;
    using gatehouse::optional_default;
    using Config = Admin::Config;
    return fields(field("database", &Config::database, optional_default,
                        description("sqlite:FILE or postgresql://…?schema=admin")),
                  field("cursor_key", &Config::cursor_key, optional_default,
                        description("signs page cursors; the same in every process; empty = made up at each start")),
                  field("roles", &Config::roles, optional_default, gatehouse::min_items(1), gatehouse::max_items(16),
                        description("that may be given to users")),
                  field("events", &Config::events, optional_default));
}

}  // namespace admin

GATEHOUSE_PLUGIN(admin::Admin, "admin", "1.0.0");

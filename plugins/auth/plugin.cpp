// The auth service: what it is built of and its routes. README.md explains the decisions.
#include <gatehouse/service.hpp>
#include <gatehouse/storage.hpp>
#include <thread>

#include "migrations.hpp"
#include "plugins/auth/account_handlers.hpp"
#include "plugins/auth/background.hpp"
#include "plugins/auth/config.hpp"
#include "plugins/auth/import_commands.hpp"
#include "plugins/auth/invitation_page.hpp"
#include "plugins/auth/invitations.hpp"
#include "plugins/auth/recovery_handlers.hpp"
#include "plugins/auth/seeding.hpp"
#include "plugins/auth/session_handlers.hpp"
#include "plugins/auth/token_handlers.hpp"
#include "plugins/auth/verify_handlers.hpp"

namespace auth {
namespace {

using namespace gatehouse::literals;
using gatehouse::Context;

constexpr auto kBodyMax = 16_KiB;

HashingGate::Rules gate_rules(const PasswordConfig& config) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return {.concurrent = config.hashing_threads > 0 ? config.hashing_threads : cores,
            .waiting_max = config.hashing_queue};
}

ThrottleRules throttle_rules(const ThrottleConfig& config) {
    ThrottleRules rules;
    rules.account.free_failures = config.account_failures;
    rules.source.free_failures = config.source_failures;
    return rules;
}

Clock clock_of(const Context& context) {
    return {.wall = [&context] { return context.wall_time(); },
            .steady =
                [&context] {
                    return std::chrono::duration_cast<std::chrono::milliseconds>(context.now().time_since_epoch());
                }};
}

// Every process of the service has the signing key, so cursors of one open in the others.
std::string cursor_secret(const Config& config) {
    return std::string(as_text(hmac_sha256(config.signing_key, "gatehouse auth cursors")));
}

// Nor can whoever has the database and not the key try all codes.
Digest code_pepper(const Config& config) { return hmac_sha256(config.signing_key, "gatehouse auth codes"); }

}  // namespace

class AuthService final : public gatehouse::Service {
public:
    using Config = auth::Config;
    static constexpr std::string_view description = "Accounts, passwords, sessions and tokens";

    AuthService(Context& context, const Config& config)
        : clock_(clock_of(context)),
          log_(context.log()),
          metrics_(context),
          keys_((check(config), make_key_ring(config))),
          tokens_(*keys_, {.issuer = config.issuer, .audience = config.audience, .lifetime = config.access_lifetime}),
          access_(tokens_, revocations_),
          database_({.url = config.database, .service = "auth"}, migrations()),
          events_(context, database_, config.events),
          hasher_({config.password.memory_kib, config.password.passes, config.password.lanes},
                  gate_rules(config.password)),
          mail_(config.notify_key),
          throttle_(throttle_rules(config.throttle)),
          sessions_(database_, tokens_, revocations_,
                    {config.refresh_lifetime, config.session_lifetime, config.sessions_per_user}, clock_),
          logins_(database_, hasher_, throttle_, sessions_, clock_),
          emails_(database_, mail_, throttle_, code_pepper(config), clock_),
          resets_(database_, mail_, hasher_, sessions_, throttle_, clock_),
          limits_(context.kv()),
          accounts_(database_, hasher_, logins_, emails_, sessions_, revocations_, tokens_, clock_),
          exports_(database_, clock_),
          background_(database_, revocations_, hasher_, resets_, metrics_, context.log(),
                      {config.revocation_poll, config.access_lifetime, config.deleted_kept}, clock_),
          origins_(config.origins),
          callers_(access_, origins_, config.cookie, clock_),
          verify_handlers_(access_, origins_, *keys_, config.cookie, metrics_, clock_),
          session_handlers_(logins_, sessions_, callers_, origins_, {config.cookie, config.refresh_lifetime}, metrics_,
                            context.log()),
          token_handlers_(logins_, sessions_, metrics_, context.log()),
          account_handlers_(accounts_, exports_, callers_, limits_, config.throttle.lookups_per_user,
                            {config.cookie, config.refresh_lifetime}, cursor_secret(config)),
          imports_(database_, clock_),
          invites_(database_, config.public_url, clock_),
          recovery_handlers_(emails_, resets_, limits_, config.throttle.resets_per_source, callers_),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_),
                  [this](const std::string& password) { return seeding::hash(hasher_, password); }) {
        declare_problems(context);
        declare_routes(context);
        context.admin_command("users.import", "Accounts of another system, with their hashes", imports_,
                              &ImportCommands::import);
        context.admin_command("users.invite", "A one-time link for a new account, an administrator's by default",
                              invites_, &InviteCommand::invite);
    }

    void start() override {
        database_.open();
        background_.start();
        if (!mail_.is_possible()) {
            log_.warn("notify_key is missing: no codes and tokens can be mailed", {{"help", notify_key_help()}});
        }
    }
    bool healthy() override { return database_.healthy(); }
    void stop() override {
        background_.stop();
        database_.close();
    }

    std::vector<gatehouse::MigrationStep> migration_status() override {
        std::vector<gatehouse::MigrationStep> steps;
        for (const auto& entry : database_.migration_status().entries) {
            steps.push_back({gatehouse::migration_file(entry), entry.state == gatehouse::MigrationState::applied});
        }
        return steps;
    }
    std::vector<gatehouse::MigrationStep> migrate() override {
        std::vector<gatehouse::MigrationStep> pending = migration_status();
        std::erase_if(pending, [](const auto& step) { return step.applied; });
        database_.migrate();
        for (auto& step : pending) step.applied = true;
        return pending;
    }

private:
    void declare_routes(Context& context) {
        declare_public_routes(context);
        declare_own_routes(context);
        declare_internal_routes(context);
    }

    void declare_public_routes(Context& context) {
        // Who passes: the gateway asks the first for every request.
        context.get("/api/auth/verify", verify_handlers_, &VerifyHandlers::verify)
            .on_loop()
            .gives(200)
            .sends_field(200, "X-User-ID", "who asks")
            .sends_field(200, "X-User-Name", "the user's name")
            .sends_field(200, "X-User-Roles", "the user's roles, with commas between")
            .sends_field(200, "X-Session-ID", "the session of the token")
            .checks_token()
            .refuses({403})
            .summary("Forward authentication");
        context.get("/.well-known/jwks.json", verify_handlers_, &VerifyHandlers::key_set)
            .on_loop()
            .gives<KeySetAnswer>(200, "application/jwk-set+json")
            .summary("Public keys");

        context.post("/api/auth/register", account_handlers_, &AccountHandlers::sign_up)
            .max_body(kBodyMax)
            .gives<SignUpAnswer>(201)
            .refuses({409})
            .summary("Sign up");
        context.post("/api/auth/login", session_handlers_, &SessionHandlers::log_in)
            .max_body(kBodyMax)
            .gives<TokenAnswer>(200)
            .refuses({401, 403, 429})
            .summary("Log in");
        context.post("/api/auth/token", token_handlers_, &TokenHandlers::token)
            .max_body(kBodyMax)
            .takes_form<TokenForm>()
            .gives<TokenAnswer>(200)
            .gives<TokenError>(400)
            .gives<TokenError>(429)
            .sends_field(429, "Retry-After", "seconds to wait")
            .summary("OAuth 2.0 token");
        context.post("/api/auth/refresh", session_handlers_, &SessionHandlers::refresh)
            .max_body(kBodyMax)
            .takes<RefreshBody>()
            .gives<TokenAnswer>(200)
            .refuses({401, 403})
            .sends_field(401, "Set-Cookie", "clears the cookies of a session that is over")
            .summary("Rotate tokens");

        context.post("/api/auth/email/verify", recovery_handlers_, &RecoveryHandlers::verify_email)
            .max_body(kBodyMax)
            .refuses({429})
            .summary("Prove an e-mail address");
        context.post("/api/auth/password/forgot", recovery_handlers_, &RecoveryHandlers::forgot)
            .max_body(kBodyMax)
            .gives(202)
            .refuses({429})
            .summary("Ask for a mail to set a new password");
        context.post("/api/auth/password/reset", recovery_handlers_, &RecoveryHandlers::reset)
            .max_body(kBodyMax)
            .summary("Set a new password with the token of that mail");
        context.get(kInvitationPath, [] { return invitation_page(); })
            .gives(200, "text/html")
            .summary("The page of an invitation");
        context.post(kInvitationPath, account_handlers_, &AccountHandlers::accept)
            .max_body(kBodyMax)
            .gives<SignUpAnswer>(201)
            .refuses({409})
            .summary("Sign up with an invitation");
    }

    // For the user himself; see caller.hpp for how he is known.
    void declare_own_routes(Context& context) {
        context.post("/api/auth/logout", session_handlers_, &SessionHandlers::log_out)
            .max_body(kBodyMax)
            .checks_token()
            .takes<LogoutBody>()
            .gives(204)
            .refuses({403})
            .summary("Log out");
        context.get("/api/auth/sessions", session_handlers_, &SessionHandlers::list)
            .checks_token()
            .summary("Own sessions");
        context.del("/api/auth/sessions/{id:int}", session_handlers_, &SessionHandlers::end)
            .checks_token()
            .param("id", "the session's id")
            .refuses({403})
            .summary("End one session");
        context.get("/api/auth/me", account_handlers_, &AccountHandlers::show_own)
            .checks_token()
            .refuses({404})
            .summary("Own account");
        context.patch("/api/auth/me", account_handlers_, &AccountHandlers::rename)
            .max_body(kBodyMax)
            .checks_token()
            .checks_match()
            .refuses({403, 404, 409, 429})
            .summary("Change the name or the address");
        context.del("/api/auth/me", account_handlers_, &AccountHandlers::close)
            .max_body(kBodyMax)
            .checks_token()
            .gives(204)
            .refuses({403, 404, 409, 429})
            .summary("Delete the own account");
        context.get("/api/auth/me/export", account_handlers_, &AccountHandlers::export_own)
            .checks_token()
            .gives<AccountExport>(200)
            .sends_field(200, "Content-Disposition", "a file to be saved")
            .refuses({404})
            .summary("All that is known of oneself");
        context.post("/api/auth/change-password", account_handlers_, &AccountHandlers::change_password)
            .max_body(kBodyMax)
            .checks_token()
            .refuses({403, 409, 429})
            .summary("Change the password");
        context.post("/api/auth/email/resend", recovery_handlers_, &RecoveryHandlers::resend_code)
            .max_body(kBodyMax)
            .checks_token()
            .gives(202)
            .refuses({403, 409, 429})
            .summary("Mail another code");
        context.get("/api/auth/users/{user}", account_handlers_, &AccountHandlers::find)
            .checks_token()
            .param("user", "the user's name")
            .refuses({429})
            .summary("Is this a user?");
    }

    // For other services and the command line.
    void declare_internal_routes(Context& context) {
        context.get("/api/auth/users", account_handlers_, &AccountHandlers::list).internal().summary("Accounts");
        context.post("/api/auth/users", account_handlers_, &AccountHandlers::create)
            .internal()
            .max_body(kBodyMax)
            .refuses({409})
            .summary("Make an account");
        context.patch("/api/auth/users/{user}", account_handlers_, &AccountHandlers::change_rights)
            .internal()
            .max_body(kBodyMax)
            .param("user", "the account's id")
            .refuses({409})
            .summary("Change status and roles");
    }

    static void declare_problems(Context& context) {
        context.map_exception<gatehouse::UniqueViolation>(&taken);
        const auto unavailable = [](const gatehouse::StorageError&) { return gatehouse::ServiceUnavailable(); };
        context.map_exception<gatehouse::Busy>(unavailable);
        context.map_exception<gatehouse::Timeout>(unavailable);
        context.map_exception<gatehouse::Unavailable>(unavailable);
        context.map_exception<gatehouse::SerializationFailure>(unavailable);
        context.map_exception<gatehouse::CommitOutcomeUnknown>(unavailable);
    }

    // In the order of dependence: each is used by those below it, and destroyed after them.
    const Clock clock_;
    const gatehouse::Log& log_;
    const Metrics metrics_;
    const std::unique_ptr<KeyRing> keys_;
    const Tokens tokens_;
    Revocations revocations_;
    AccessCheck access_;
    gatehouse::Database database_;
    gatehouse::Events events_;
    PasswordHasher hasher_;
    const SecretMail mail_;
    Throttle throttle_;
    SessionService sessions_;
    LoginService logins_;
    EmailService emails_;
    ResetService resets_;
    const RequestLimits limits_;
    AccountService accounts_;
    const ExportService exports_;
    Background background_;
    const OriginCheck origins_;
    Callers callers_;
    VerifyHandlers verify_handlers_;
    SessionHandlers session_handlers_;
    TokenHandlers token_handlers_;
    AccountHandlers account_handlers_;
    ImportCommands imports_;
    InviteCommand invites_;
    RecoveryHandlers recovery_handlers_;
    gatehouse::seed::Seeder seeder_;
};

}  // namespace auth

GATEHOUSE_PLUGIN(auth::AuthService, "auth", "1.0.0");

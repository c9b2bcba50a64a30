// The auth service: what it is built of and its routes. README.md explains the decisions.
#include <gatehouse/service.hpp>
#include <gatehouse/storage.hpp>
#include <thread>

#include "migrations.hpp"
#include "plugins/auth/account_handlers.hpp"
#include "plugins/auth/background.hpp"
#include "plugins/auth/config.hpp"
#include "plugins/auth/session_handlers.hpp"
#include "plugins/auth/token_handlers.hpp"
#include "plugins/auth/verify_handlers.hpp"

namespace auth {
namespace {

using namespace gatehouse::literals;
using gatehouse::Context;

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

}  // namespace

class AuthService final : public gatehouse::Service {
public:
    using Config = auth::Config;
    static constexpr std::string_view description = "Accounts, passwords, sessions and tokens";

    AuthService(Context& context, const Config& config)
        : clock_(clock_of(context)),
          metrics_(context),
          keys_((check(config), make_key_ring(config))),
          tokens_(*keys_, {.issuer = config.issuer, .audience = config.audience, .lifetime = config.access_lifetime}),
          access_(tokens_, revocations_),
          database_({.url = config.database, .service = "auth"}, migrations()),
          events_(context, database_, config.events),
          hasher_({config.password.memory_kib, config.password.passes, config.password.lanes},
                  gate_rules(config.password)),
          throttle_(throttle_rules(config.throttle)),
          sessions_(database_, tokens_, revocations_,
                    {config.refresh_lifetime, config.session_lifetime, config.sessions_per_user}, clock_),
          logins_(database_, hasher_, throttle_, sessions_, clock_),
          accounts_(database_, hasher_, logins_, sessions_, revocations_, tokens_, clock_),
          background_(database_, revocations_, metrics_, context.log(),
                      {config.revocation_poll, config.access_lifetime}, clock_),
          callers_(access_, config.cookie, clock_),
          verify_handlers_(access_, *keys_, config.cookie, metrics_, clock_),
          session_handlers_(logins_, sessions_, callers_, {config.cookie, config.refresh_lifetime}, metrics_,
                            context.log()),
          token_handlers_(logins_, sessions_, metrics_, context.log()),
          account_handlers_(accounts_, callers_, cursor_secret(config)) {
        declare_problems(context);
        declare_routes(context);
    }

    void start() override {
        database_.open();
        background_.start();
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
        const auto max = 16_KiB;
        // Who passes: the gateway asks the first for every request.
        context.get("/api/auth/verify", verify_handlers_, &VerifyHandlers::verify)
            .on_loop()
            .summary("Forward authentication");
        context.get("/.well-known/jwks.json", verify_handlers_, &VerifyHandlers::key_set)
            .on_loop()
            .summary("Public keys");

        context.post("/api/auth/register", account_handlers_, &AccountHandlers::sign_up)
            .max_body(max)
            .summary("Sign up");
        context.post("/api/auth/login", session_handlers_, &SessionHandlers::log_in).max_body(max).summary("Log in");
        context.post("/api/auth/token", token_handlers_, &TokenHandlers::token)
            .max_body(max)
            .summary("OAuth 2.0 token");
        context.post("/api/auth/refresh", session_handlers_, &SessionHandlers::refresh)
            .max_body(max)
            .summary("Rotate tokens");

        // For the user himself; see caller.hpp for how he is known.
        context.post("/api/auth/logout", session_handlers_, &SessionHandlers::log_out).max_body(max).summary("Log out");
        context.get("/api/auth/sessions", session_handlers_, &SessionHandlers::list).summary("Own sessions");
        context.del("/api/auth/sessions/{id}", session_handlers_, &SessionHandlers::end).summary("End one session");
        context.get("/api/auth/me", account_handlers_, &AccountHandlers::show_own).summary("Own account");
        context.patch("/api/auth/me", account_handlers_, &AccountHandlers::rename).max_body(max).summary("Rename");
        context.post("/api/auth/change-password", account_handlers_, &AccountHandlers::change_password)
            .max_body(max)
            .summary("Change the password");
        context.get("/api/auth/users/{username}", account_handlers_, &AccountHandlers::find).summary("Is this a user?");

        // For other services and the command line.
        context.get("/api/auth/users", account_handlers_, &AccountHandlers::list).internal();
        context.post("/api/auth/users", account_handlers_, &AccountHandlers::create).internal().max_body(max);
        context.patch("/api/auth/users/{id}", account_handlers_, &AccountHandlers::change_rights)
            .internal()
            .max_body(max);
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
    const Metrics metrics_;
    const std::unique_ptr<KeyRing> keys_;
    const Tokens tokens_;
    Revocations revocations_;
    AccessCheck access_;
    gatehouse::Database database_;
    gatehouse::Events events_;
    PasswordHasher hasher_;
    Throttle throttle_;
    SessionService sessions_;
    LoginService logins_;
    AccountService accounts_;
    Background background_;
    Callers callers_;
    VerifyHandlers verify_handlers_;
    SessionHandlers session_handlers_;
    TokenHandlers token_handlers_;
    AccountHandlers account_handlers_;
};

}  // namespace auth

GATEHOUSE_PLUGIN(auth::AuthService, "auth", "1.0.0");

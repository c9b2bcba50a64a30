// users: profiles. What it builds, and its routes.
#include <gatehouse/ext/call.h>
#include <gatehouse/ext/lease.h>

#include <string>
#include <vector>

#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/users/account_events.hpp"
#include "plugins/users/avatar_handlers.hpp"
#include "plugins/users/profile_handlers.hpp"
#include "plugins/users/profile_service.hpp"
#include "plugins/users/seeding.hpp"

namespace users {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

// All that the rules allow, were each character written as two escapes: 12 octets.
constexpr auto kBodyMax = 64_KiB;

class Users final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Profiles of the people who use the system";
    static constexpr const char* needs[] = {GH_EXT_CALL, GH_EXT_LEASE, nullptr};

    struct Config {
        std::string database = "sqlite:var/data/users.db";
        std::string cursor_key;
        gatehouse::EventOptions events;
    };

    Users(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "users"}, migrations()),
          events_(context, database_, config.events),
          service_(context, database_, config.cursor_key),
          handlers_(context, service_),
          avatar_service_(context, database_, service_),
          avatars_(context, avatar_service_),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_)) {
        gatehouse::map_storage_errors(context);
        declare_profiles(context);
        context.on("user.registered", service_, &ProfileService::on_registered);
        context.on("user.renamed", service_, &ProfileService::on_renamed);
        context.on("user.status_changed", service_, &ProfileService::on_status_changed);
        context.on("user.deleted", service_, &ProfileService::on_account_deleted);
        context.on("subscription.created", service_, &ProfileService::on_subscribed);
        context.on("subscription.deleted", service_, &ProfileService::on_unsubscribed);
        declare_avatars(context);
    }

    void start() override { database_.open(); }
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    void declare_profiles(gatehouse::Context& context) {
        context.post("/api/users", handlers_, &ProfileHandlers::create)
            .requires_user()
            .max_body(kBodyMax)
            .summary("Fill in the own profile")
            .refuses({404, 409});
        context.get("/api/users", handlers_, &ProfileHandlers::list)
            .summary("Some users by id, or those found by name");
        context.get("/api/users/me", handlers_, &ProfileHandlers::own)
            .requires_user()
            .summary("The own profile")
            .refuses({404});
        context.patch("/api/users/me", handlers_, &ProfileHandlers::change)
            .requires_user()
            .max_body(kBodyMax)
            .checks_match()
            .summary("Change the own profile")
            .refuses({404});
        context.del("/api/users/me", handlers_, &ProfileHandlers::remove)
            .requires_user()
            .summary("Hide the own profile and close the account")
            .refuses({409});
        context.get("/api/users/{id:int}", handlers_, &ProfileHandlers::show)
            .summary("A user, as everybody sees them")
            .param("id", "the user's id");
    }
    void declare_avatars(gatehouse::Context& context) {
        constexpr std::string_view kForm =
            R"({"type":"object","properties":{"file":{"type":"string","format":"binary"}},"required":["file"]})";
        context.put("/api/users/me/avatar", avatars_, &AvatarHandlers::put)
            .requires_user()
            .on_loop()
            .stream_in()
            .max_body(10_MiB)  // no more than media takes: see avatar_handlers.cpp
            .timeout(2min)
            .max_in_flight(256)
            .summary("Shows this picture of oneself: JPEG, PNG, WebP or GIF, told by its content")
            .takes("multipart/form-data", kForm)
            .takes("image/*")
            .takes("application/octet-stream")
            .gives<Profile>(200)
            .sends_field(200, "ETag", "of the profile")
            .refuses({400, 404, 413, 415, 422});
        context.del("/api/users/me/avatar", avatars_, &AvatarHandlers::remove)
            .requires_user()
            .summary("Shows no picture any more")
            .refuses({404});
        context.get("/api/users/{id:int}/avatar", avatars_, &AvatarHandlers::show)
            .summary("A user's picture, a square")
            .param("id", "the user's id")
            .reads_field("If-None-Match", "entity tags that the client has; 304 if one is current")
            .gives(200, "image/jpeg")
            .gives(200, "image/png")
            .gives(200, "image/webp")
            .gives(304)
            .sends_field(200, "ETag", "of this picture")
            .sends_field(304, "ETag", "of this picture");
        context.every("avatars", 1min, avatar_service_, &AvatarService::clean_up);
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    ProfileService service_;
    ProfileHandlers handlers_;
    AvatarService avatar_service_;
    AvatarHandlers avatars_;
    gatehouse::seed::Seeder seeder_;
};

constexpr auto describe(Users::Config*) {
    using gatehouse::field;
    using gatehouse::optional_default;
    return gatehouse::fields(
        field("database", &Users::Config::database, optional_default,
              gatehouse::description("sqlite:FILE or postgresql://…?schema=users")),
        field("cursor_key", &Users::Config::cursor_key, optional_default,
              gatehouse::description("signs page cursors; the same in every process; empty = made up at each start")),
        field("events", &Users::Config::events, optional_default));
}

}  // namespace users

GATEHOUSE_PLUGIN(users::Users, "users", "1.0.0");

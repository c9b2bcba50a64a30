// subscriptions: who follows whom, and the news feed. What it builds, its routes, its events and its jobs.
#include <gatehouse/ext/call.h>
#include <gatehouse/ext/lease.h>

#include <chrono>
#include <string>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/subscriptions/account_events.hpp"
#include "plugins/subscriptions/feed_handlers.hpp"
#include "plugins/subscriptions/feed_live.hpp"
#include "plugins/subscriptions/follow_handlers.hpp"
#include "plugins/subscriptions/housekeeping.hpp"
#include "plugins/subscriptions/post_events.hpp"
#include "plugins/subscriptions/seeding.hpp"

namespace subscriptions {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

class Subscriptions final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Who follows whom, and the news feed";
    static constexpr const char* needs[] = {GH_EXT_CALL, GH_EXT_LEASE, nullptr};

    struct Config {
        std::string database = "sqlite:var/data/subscriptions.db";
        std::string cursor_key;
        int readers_cached = 5'000;
        gatehouse::EventOptions events;
    };

    Subscriptions(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "subscriptions"}, migrations()),
          events_(context, database_, config.events),
          cache_(static_cast<std::size_t>(config.readers_cached)),
          follow_service_(context, database_, ids_, config.cursor_key),
          feed_service_(context, database_, cache_, config.cursor_key),
          live_(context, database_),
          accounts_(context),
          housekeeping_(context, database_),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_)) {
        gatehouse::map_storage_errors(context);
        declare_routes(context);
        context.on("post.created", &post_events::changed);
        context.on("post.updated", &post_events::changed);
        context.on("post.deleted", &post_events::deleted);
        context.on("user.status_changed", accounts_, &AccountEvents::status_changed);
        context.every("end followings", 10s, housekeeping_, &Housekeeping::remove_leavers).at_start();
    }

    void start() override { database_.open(); }
    void drain(gatehouse::Instant) override { live_.drain(); }
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    void declare_routes(gatehouse::Context& context) {
        context.get("/api/subscriptions", follows_, &FollowHandlers::own).requires_user().summary("Whom I follow");
        context.post("/api/subscriptions", follows_, &FollowHandlers::follow)
            .requires_user()
            .max_body(4_KiB)
            .summary("Follow somebody")
            .gives<Follow>(200)
            .gives<Follow>(201)
            .refuses({404, 409});
        context.get("/api/subscriptions/{user_id:int}", follows_, &FollowHandlers::followed)
            .summary("Whom they follow")
            .param("user_id", "who follows");
        context.del("/api/subscriptions/{user_id:int}", follows_, &FollowHandlers::unfollow)
            .requires_user()
            .summary("Stop following somebody")
            .param("user_id", "whom to follow no longer");
        context.get("/api/subscriptions/{user_id:int}/followers", follows_, &FollowHandlers::followers)
            .summary("Who follows them")
            .param("user_id", "who is followed");
        context.get("/api/newsfeed", feed_, &FeedHandlers::own).requires_user().summary("My news feed");
        context.get("/api/newsfeed/{user_id:int}", feed_, &FeedHandlers::of)
            .requires_user()
            .summary("My news feed, by my id")
            .param("user_id", "one's own id")
            .refuses({403});
        context.get("/api/newsfeed/live", live_, &FeedLive::follow)
            .requires_user()
            .on_loop()
            .summary("My news feed as server-sent events")
            .reads_field("Last-Event-ID", "the id of the last event seen; what has come since then is sent first")
            .gives(200, "text/event-stream");
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    gatehouse::IdSource ids_;
    FeedCache cache_;
    FollowService follow_service_;
    FeedService feed_service_;
    FeedLive live_;
    AccountEvents accounts_;
    Housekeeping housekeeping_;
    gatehouse::seed::Seeder seeder_;
    FollowHandlers follows_{follow_service_};
    FeedHandlers feed_{feed_service_};
};

constexpr auto describe(Subscriptions::Config*) {
    using gatehouse::optional_default;
    using Config = Subscriptions::Config;
    return fields(
        field("database", &Config::database, optional_default,
              gatehouse::description("sqlite:FILE or postgresql://…?schema=subscriptions")),
        field("cursor_key", &Config::cursor_key, optional_default,
              gatehouse::description("signs page cursors; the same in every process; empty = made up at each start")),
        field("readers_cached", &Config::readers_cached, optional_default, gatehouse::minimum(1),
              gatehouse::maximum(1'000'000),
              gatehouse::description("readers whose newest posts are kept in memory, some 2 KiB each")),
        field("events", &Config::events, optional_default));
}

}  // namespace subscriptions

GATEHOUSE_PLUGIN(subscriptions::Subscriptions, "subscriptions", "1.0.0");

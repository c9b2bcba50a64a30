// posts: posts, likes, comments and search. What it builds, its routes, its events and its jobs.
#include <gatehouse/ext/lease.h>

#include <chrono>
#include <string>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/posts/comment_handlers.hpp"
#include "plugins/posts/follow_events.hpp"
#include "plugins/posts/housekeeping.hpp"
#include "plugins/posts/post_handlers.hpp"
#include "plugins/posts/search_handlers.hpp"
#include "plugins/posts/seeding.hpp"

namespace posts {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

class Posts final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Posts, likes, comments and search";
    static constexpr const char* needs[] = {GH_EXT_LEASE, nullptr};

    struct Config {
        std::string database = "sqlite:var/data/posts.db";
        std::string cursor_key;
        gatehouse::EventOptions events;
    };

    Posts(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "posts"}, migrations()),
          events_(context, database_, config.events),
          views_(context, database_),
          media_(context),
          post_service_(context, database_, ids_, views_, config.cursor_key),
          search_service_(context, database_, config.cursor_key),
          comment_service_(context, database_, ids_, config.cursor_key),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_)) {
        gatehouse::map_storage_errors(context);
        declare_post_routes(context);
        declare_comment_routes(context);
        context.on("subscription.created", &follow_events::created);
        context.on("subscription.deleted", &follow_events::deleted);
        context.every("index for search", 10s, search_service_, &SearchService::index_missing).at_start();
        context.every("remove empty shares", 1min, housekeeping_, &Housekeeping::remove_orphans);
    }

    void start() override {
        database_.open();
        views_.start();
    }
    void stop() override {
        views_.stop();
        database_.close();
    }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    void declare_post_routes(gatehouse::Context& context) {
        context.get("/api/posts", posts_, &PostHandlers::list);
        context.post("/api/posts", posts_, &PostHandlers::create).requires_user().max_body(64_KiB);
        context.get("/api/posts/search", search_, &SearchHandlers::find)
            .summary("Search posts; the newest 100 that match are ranked, then the next 100");
        context.post("/api/posts/batch", posts_, &PostHandlers::batch).internal().max_body(16_KiB);
        context.get("/api/posts/{id:int}", posts_, &PostHandlers::show);
        context.patch("/api/posts/{id:int}", posts_, &PostHandlers::change).requires_user().max_body(64_KiB);
        context.del("/api/posts/{id:int}", posts_, &PostHandlers::remove).requires_user();
        context.put("/api/posts/{id:int}/like", posts_, &PostHandlers::like).requires_user();
        context.del("/api/posts/{id:int}/like", posts_, &PostHandlers::unlike).requires_user();
        context.get("/api/posts/{id:int}/likes", posts_, &PostHandlers::likes).requires_user();
    }

    void declare_comment_routes(gatehouse::Context& context) {
        context.get("/api/posts/{id:int}/comments", comments_, &CommentHandlers::list);
        context.post("/api/posts/{id:int}/comments", comments_, &CommentHandlers::create)
            .requires_user()
            .max_body(16_KiB);
        context.patch("/api/posts/comments/{id:int}", comments_, &CommentHandlers::change)
            .requires_user()
            .max_body(16_KiB);
        context.del("/api/posts/comments/{id:int}", comments_, &CommentHandlers::remove).requires_user();
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    gatehouse::IdSource ids_;
    ViewCounter views_;
    MediaCheck media_;
    PostService post_service_;
    SearchService search_service_;
    CommentService comment_service_;
    gatehouse::seed::Seeder seeder_;
    Housekeeping housekeeping_{database_};
    PostHandlers posts_{post_service_, media_};
    SearchHandlers search_{search_service_};
    CommentHandlers comments_{comment_service_};
};

constexpr auto describe(Posts::Config*) {
    using gatehouse::optional_default;
    return fields(
        field("database", &Posts::Config::database, optional_default,
              gatehouse::description("sqlite:FILE or postgresql://…?schema=posts")),
        field("cursor_key", &Posts::Config::cursor_key, optional_default,
              gatehouse::description("signs page cursors; the same in every process; empty = made up at each start")),
        field("events", &Posts::Config::events, optional_default));
}

}  // namespace posts

GATEHOUSE_PLUGIN(posts::Posts, "posts", "1.0.0");

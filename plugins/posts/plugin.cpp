// posts: posts, likes, comments and search. What it builds, its routes, its events and its jobs.
#include <gatehouse/ext/lease.h>

#include <chrono>
#include <string>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include "migrations.hpp"
#include "plugins/posts/account_events.hpp"
#include "plugins/posts/comment_handlers.hpp"
#include "plugins/posts/departures.hpp"
#include "plugins/posts/follow_events.hpp"
#include "plugins/posts/housekeeping.hpp"
#include "plugins/posts/post_handlers.hpp"
#include "plugins/posts/renames.hpp"
#include "plugins/posts/search_handlers.hpp"
#include "plugins/posts/seeding.hpp"

namespace posts {

using namespace gatehouse::literals;
using namespace std::chrono_literals;

// All that the rules allow, were each character written as two escapes: 12 octets.
constexpr auto kPostBodyMax = 128_KiB, kCommentBodyMax = 32_KiB;

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
          accounts_(context),
          departures_(context, database_),
          renames_(context, database_),
          seeder_(context, database_, &seeding::is_empty, seeding::parts(database_)) {
        gatehouse::map_storage_errors(context);
        declare_post_routes(context);
        declare_comment_routes(context);
        context.on("subscription.created", &follow_events::created);
        context.on("subscription.deleted", &follow_events::deleted);
        context.on("user.status_changed", accounts_, &AccountEvents::status_changed);
        context.on("user.renamed", accounts_, &AccountEvents::renamed);
        context.every("index for search", 10s, search_service_, &SearchService::index_missing).at_start();
        context.every("remove empty shares", 1min, housekeeping_, &Housekeeping::remove_orphans);
        context.every("remove what deleted accounts leave", 10s, departures_, &Departures::clean_up).at_start();
        context.every("bring names up to date", 10s, renames_, &Renames::catch_up).at_start();
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
        context.get("/api/posts", posts_, &PostHandlers::list).summary("Posts, as far as one may see them");
        context.post("/api/posts", posts_, &PostHandlers::create)
            .requires_user()
            .max_body(kPostBodyMax)
            .summary("Write a post, or share another one")
            .refuses({404, 409});
        context.get("/api/posts/search", search_, &SearchHandlers::find)
            .summary("Search posts; the newest 100 that match are ranked, then the next 100");
        context.post("/api/posts/batch", posts_, &PostHandlers::batch)
            .internal()
            .max_body(16_KiB)
            .summary("Some posts, as far as the caller's user may see them");
        declare_one_post(context);
    }

    void declare_one_post(gatehouse::Context& context) {
        constexpr std::string_view kId = "the post's id";
        context.get("/api/posts/{id:int}", posts_, &PostHandlers::show).summary("A post").param("id", kId);
        context.patch("/api/posts/{id:int}", posts_, &PostHandlers::change)
            .requires_user()
            .max_body(kPostBodyMax)
            .checks_match()
            .summary("Change an own post")
            .param("id", kId)
            .refuses({403});
        context.del("/api/posts/{id:int}", posts_, &PostHandlers::remove)
            .requires_user()
            .checks_match()
            .summary("Delete a post; a moderator may delete anybody's")
            .param("id", kId)
            .refuses({403});
        context.put("/api/posts/{id:int}/like", posts_, &PostHandlers::like)
            .requires_user()
            .summary("Like a post")
            .param("id", kId);
        context.del("/api/posts/{id:int}/like", posts_, &PostHandlers::unlike)
            .requires_user()
            .summary("Like it no longer")
            .param("id", kId);
        context.get("/api/posts/{id:int}/likes", posts_, &PostHandlers::likes)
            .requires_user()
            .summary("Who likes a post")
            .param("id", kId);
    }

    void declare_comment_routes(gatehouse::Context& context) {
        context.get("/api/posts/{id:int}/comments", comments_, &CommentHandlers::list)
            .summary("Comments on a post")
            .param("id", "the post's id");
        context.post("/api/posts/{id:int}/comments", comments_, &CommentHandlers::create)
            .requires_user()
            .max_body(kCommentBodyMax)
            .summary("Comment on a post")
            .param("id", "the post's id");
        context.get("/api/posts/comments/{id:int}", comments_, &CommentHandlers::show)
            .summary("A comment")
            .param("id", "the comment's id");
        context.patch("/api/posts/comments/{id:int}", comments_, &CommentHandlers::change)
            .requires_user()
            .max_body(kCommentBodyMax)
            .checks_match()
            .summary("Change an own comment")
            .param("id", "the comment's id")
            .refuses({403});
        context.del("/api/posts/comments/{id:int}", comments_, &CommentHandlers::remove)
            .requires_user()
            .checks_match()
            .summary("Delete a comment; a moderator may delete anybody's")
            .param("id", "the comment's id")
            .refuses({403});
    }

    gatehouse::Database database_;
    gatehouse::Events events_;
    gatehouse::IdSource ids_;
    ViewCounter views_;
    MediaCheck media_;
    PostService post_service_;
    SearchService search_service_;
    CommentService comment_service_;
    AccountEvents accounts_;
    Departures departures_;
    Renames renames_;
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

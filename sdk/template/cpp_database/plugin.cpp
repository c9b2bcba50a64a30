// gatehouse_sample: the table of contents. What the service is made of, and its routes.
#include <gatehouse/service.hpp>
#include <gatehouse/storage_support.hpp>

#include <string>
#include <vector>

#include "item_store.hpp"
#include "items.hpp"
#include "migrations.hpp"

namespace gatehouse_sample {

using namespace gatehouse::literals;

class GatehouseSampleService final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Items, in a database";

    // From `config:` of the service in routes.yaml; the gateway fills in `database`.
    struct Config {
        std::string database = "sqlite:var/data/gatehouse_sample.db";
        std::string cursor_key;
    };

    GatehouseSampleService(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "gatehouse_sample"}, migrations()),
          store_(database_),
          items_(context, store_, config.cursor_key) {
        gatehouse::map_storage_errors(context);
        context.get("/api/gatehouse_sample", items_, &Items::list).summary("Items, newest first");
        context.post("/api/gatehouse_sample", items_, &Items::create).max_body(64_KiB).summary("Adds an item");
        context.get("/api/gatehouse_sample/{id:int}", items_, &Items::show)
            .summary("One item")
            .param("id", "the item's id");
        context.patch("/api/gatehouse_sample/{id:int}", items_, &Items::change)
            .max_body(64_KiB)
            .checks_match()
            .summary("Changes an item")
            .param("id", "the item's id");
        context.del("/api/gatehouse_sample/{id:int}", items_, &Items::remove)
            .summary("Removes an item")
            .param("id", "the item's id");
    }

    void start() override { database_.open(); }  // and applies migrations
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

private:
    gatehouse::Database database_;
    ItemStore store_;
    Items items_;
};

constexpr auto describe(GatehouseSampleService::Config*) {
    using namespace gatehouse;
    return fields(field("database", &GatehouseSampleService::Config::database, optional_default,
                        gatehouse::description("sqlite:FILE or postgresql://…?schema=gatehouse_sample")),
                  field("cursor_key", &GatehouseSampleService::Config::cursor_key, optional_default,
                        gatehouse::description("signs page cursors; empty = made up at each start")));
}

}  // namespace gatehouse_sample

GATEHOUSE_PLUGIN(gatehouse_sample::GatehouseSampleService, "gatehouse_sample", "0.1.0");

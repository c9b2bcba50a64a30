// gatehouse_sample: the table of contents. What the service is made of, and its routes.
#include <gatehouse/service.hpp>

#include <string>

#include "item_store.hpp"
#include "items.hpp"

namespace gatehouse_sample {

using namespace gatehouse::literals;

class GatehouseSampleService final : public gatehouse::Service {
public:
    static constexpr std::string_view description = "Items, in memory";

    // From `config:` of the service in routes.yaml.
    struct Config {
        std::string cursor_key;
    };

    GatehouseSampleService(gatehouse::Context& context, const Config& config)
        : items_(context, store_, config.cursor_key) {
        context.get("/api/gatehouse_sample", items_, &Items::list).summary("Items, newest first");
        context.post("/api/gatehouse_sample", items_, &Items::create)
            .max_body(64_KiB)
            .summary("Adds an item")
            .refuses({409});
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

private:
    ItemStore store_;
    Items items_;
};

constexpr auto describe(GatehouseSampleService::Config*) {
    using namespace gatehouse;
    return fields(field("cursor_key", &GatehouseSampleService::Config::cursor_key, optional_default,
                        gatehouse::description("signs page cursors; empty = made up at each start")));
}

}  // namespace gatehouse_sample

GATEHOUSE_PLUGIN(gatehouse_sample::GatehouseSampleService, "gatehouse_sample", "0.1.0");

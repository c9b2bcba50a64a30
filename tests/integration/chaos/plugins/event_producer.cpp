// Counts, and publishes each count: test_events_kill.py compares what was committed with what others have seen.
#include <gatehouse/events.hpp>
#include <gatehouse/storage_support.hpp>

#include <array>
#include <string>
#include <vector>

namespace event_producer {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Transaction;

struct Count {
    std::string name;
    std::int64_t value = 0;
};
constexpr auto describe(Count*) { return fields(field("name", &Count::name), field("value", &Count::value)); }

struct Counts {
    std::vector<Count> items;
};
constexpr auto describe(Counts*) { return fields(field("items", &Counts::items)); }

constexpr char kTables[] = "create table counters (name text primary key, value bigint not null);";
constexpr std::array<gatehouse::Migration, 1> kMigrations = {{{1, "create_counters", kTables, kTables}}};

class EventProducer final : public gatehouse::Service {
public:
    struct Config {
        std::string database;
        gatehouse::EventOptions events;
    };

    EventProducer(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = "producer"}, kMigrations),
          events_(context, database_, config.events) {
        gatehouse::map_storage_errors(context);
        context.post("/producer/counters/{name}", &EventProducer::add);
        context.get("/producer/counters", &EventProducer::list);
    }

    void start() override { database_.open(); }
    void stop() override { database_.close(); }

    Count add(gatehouse::PathParam<std::string> name) {
        return database_.write([&](Transaction& tx) {
            const auto value = tx.query(
                                     "insert into counters (name, value) values ($1, 1) on conflict (name) do update "
                                     "set value = counters.value + 1 returning value",
                                     *name)
                                   .one<std::int64_t>();
            const Count count{*name, value};
            tx.publish("counter.changed", count, "counter/" + *name);
            return count;
        });
    }

    Counts list() {
        return database_.read([](Transaction& tx) {
            return Counts{tx.query("select name, value from counters order by name").all<Count>([](const auto& row) {
                return Count{row.template get<std::string>(0), row.template get<std::int64_t>(1)};
            })};
        });
    }

private:
    gatehouse::Database database_;
    gatehouse::Events events_;
};

constexpr auto describe(EventProducer::Config*) {
    return fields(field("database", &EventProducer::Config::database),
                  field("events", &EventProducer::Config::events, gatehouse::optional_default));
}

}  // namespace event_producer

GATEHOUSE_PLUGIN(event_producer::EventProducer, "event_producer", "1.0.0");

// Keeps a row for every event that takes effect, and notices each that comes twice, not at all or out of order.
#include <gatehouse/events.hpp>
#include <gatehouse/storage_support.hpp>

#include <array>
#include <string>
#include <vector>

namespace event_consumer {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Transaction;

struct Count {
    std::string name;
    std::int64_t value = 0;
};
constexpr auto describe(Count*) { return fields(field("name", &Count::name), field("value", &Count::value)); }

struct Tail {
    std::string name;
    std::int64_t effects = 0;     // rows
    std::int64_t last = 0;        // value of the latest
    std::int64_t violations = 0;  // of "the next value is one more"
};
constexpr auto describe(Tail*) {
    return fields(field("name", &Tail::name), field("effects", &Tail::effects), field("last", &Tail::last),
                  field("violations", &Tail::violations));
}

struct Tails {
    std::vector<Tail> items;
};
constexpr auto describe(Tails*) { return fields(field("items", &Tails::items)); }

constexpr char kTables[] =
    "create table effects (name text not null, value bigint not null, event text not null);"
    "create index effects_name on effects (name);"
    "create table tails (name text primary key, last bigint not null, violations bigint not null);";
constexpr std::array<gatehouse::Migration, 1> kMigrations = {{{1, "create_effects", kTables, kTables}}};

class EventConsumer final : public gatehouse::Service {
public:
    struct Config {
        std::string database;
        std::string path;  // "/consumer_a": the same file serves under several names
        gatehouse::EventOptions events;
    };

    EventConsumer(gatehouse::Context& context, const Config& config)
        : database_({.url = config.database, .service = config.path.substr(1)}, kMigrations),
          events_(context, database_, config.events) {
        gatehouse::map_storage_errors(context);
        context.get(config.path + "/tails", &EventConsumer::list);
        context.on("counter.changed", &EventConsumer::on_changed);
    }

    void start() override { database_.open(); }
    void stop() override { database_.close(); }

    void on_changed(Transaction& tx, const gatehouse::Event& event, const Count& count) {
        tx.execute("insert into effects (name, value, event) values ($1, $2, $3)", count.name, count.value, event.id);
        tx.execute(
            "insert into tails (name, last, violations) values ($1, $2, case when $2::bigint = 1 then 0 else 1 end) "
            "on conflict (name) do update set last = excluded.last, violations = tails.violations + "
            "case when excluded.last = tails.last + 1 then 0 else 1 end",
            count.name, count.value);
    }

    Tails list() {
        static constexpr char kList[] =
            "select name, (select count(*) from effects where effects.name = tails.name), last, violations from tails "
            "order by name";
        return database_.read([](Transaction& tx) {
            return Tails{tx.query(kList).all<Tail>([](const auto& row) {
                return Tail{row.template get<std::string>(0), row.template get<std::int64_t>(1),
                            row.template get<std::int64_t>(2), row.template get<std::int64_t>(3)};
            })};
        });
    }

private:
    gatehouse::Database database_;
    gatehouse::Events events_;
};

constexpr auto describe(EventConsumer::Config*) {
    using C = EventConsumer::Config;
    return fields(field("database", &C::database), field("path", &C::path, gatehouse::min_length(2)),
                  field("events", &C::events, gatehouse::optional_default));
}

}  // namespace event_consumer

GATEHOUSE_PLUGIN(event_consumer::EventConsumer, "event_consumer", "1.0.0");

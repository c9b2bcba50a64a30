#include "tests/unit/sdk/events/counter_service.hpp"

#include <array>

namespace counters {

using gatehouse::Event;
using gatehouse::Transaction;

namespace {

constexpr char kTables[] =
    "create table counters (name text primary key, value bigint not null);"
    "create table effects (number integer not null, name text not null, value bigint not null, event text not null, "
    "attempt integer not null);";
constexpr std::array<gatehouse::Migration, 1> kMigrations = {{{1, "create_counters", kTables, kTables}}};

}  // namespace

Counters* Counters::latest = nullptr;
std::function<void(const Event&, const Change&)> Counters::after_effect;

Counters::Counters(gatehouse::Context& context, const Config& config)
    : database_({.url = config.database, .service = "counters"}, kMigrations),
      events_(context, database_, config.events) {
    latest = this;
    context.post("/counters/{name}", &Counters::add);
    context.on("counter.set", &Counters::on_set);
}

Change Counters::add(gatehouse::PathParam<std::string> name) {
    return database_.write([&](Transaction& tx) {
        const auto value = tx.query(
                                 "insert into counters (name, value) values ($1, 1) on conflict (name) do update set "
                                 "value = counters.value + 1 returning value",
                                 *name)
                               .one<std::int64_t>();
        Change change{*name, value};
        tx.publish("counter.changed", change, "counter/" + *name);
        return change;
    });
}

void Counters::on_set(Transaction& tx, const Event& event, const Change& change) {
    tx.execute(
        "insert into effects (number, name, value, event, attempt) select count(*) + 1, $1::text, $2::bigint, "
        "$3::text, "
        "$4::integer from effects",
        change.name, change.value, event.id, event.attempt);
    if (after_effect) after_effect(event, change);
}

const gh_plugin* counters_plugin() { return gatehouse::plugin_table<Counters>("counters", "1.0.0"); }

}  // namespace counters

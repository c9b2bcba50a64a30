// A service that publishes and consumes; the tests of events run against it.
#pragma once

#include <gatehouse/events.hpp>
#include <gatehouse/storage_support.hpp>

#include <functional>
#include <string>

namespace counters {

struct Change {
    std::string name;
    std::int64_t value = 0;
};
constexpr auto describe(Change*) {
    return gatehouse::fields(gatehouse::field("name", &Change::name), gatehouse::field("value", &Change::value));
}

struct Config {
    std::string database;
    gatehouse::EventOptions events;
};
constexpr auto describe(Config*) {
    using gatehouse::field;
    return gatehouse::fields(field("database", &Config::database),
                             field("events", &Config::events, gatehouse::optional_default));
}

// POST /counters/{name} adds one and publishes "counter.changed" about "counter/<name>"; an event "counter.set" writes
// a row of `effects`.
class Counters final : public gatehouse::Service {
public:
    using Config = counters::Config;

    Counters(gatehouse::Context& context, const Config& config);
    void start() override { database_.open(); }
    void stop() override { database_.close(); }
    std::vector<gatehouse::MigrationStep> migration_status() override { return gatehouse::migration_steps(database_); }
    std::vector<gatehouse::MigrationStep> migrate() override { return gatehouse::apply_migrations(database_); }

    Change add(gatehouse::PathParam<std::string> name);
    void on_set(gatehouse::Transaction& tx, const gatehouse::Event& event, const Change& change);

    gatehouse::Database& database() { return database_; }

    // Of the service made last; the effect of an event after its row was written, to fail in.
    static Counters* latest;
    static std::function<void(const gatehouse::Event&, const Change&)> after_effect;

private:
    gatehouse::Database database_;
    gatehouse::Events events_;
};

const gh_plugin* counters_plugin();

}  // namespace counters

// Publishes what it is told to: test_mail.py plays other services by it.
#include <gatehouse/events.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/seal.hpp>
#include <gatehouse/storage_support.hpp>

#include <array>
#include <string>

namespace teller {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Transaction;

constexpr char kTables[] = "create table told (id bigint primary key);";
constexpr std::array<gatehouse::Migration, 1> kMigrations = {{{1, "create_told", kTables, kTables}}};

struct Banned {
    std::int64_t id = 0;
    std::string username, email, status = "banned";
};
constexpr auto describe(Banned*) {
    return fields(field("id", &Banned::id), field("username", &Banned::username), field("email", &Banned::email),
                  field("status", &Banned::status, gatehouse::optional_default));
}

struct Forgot {
    std::int64_t id = 0;
    std::string username, email, token;
};
constexpr auto describe(Forgot*) {
    return fields(field("id", &Forgot::id), field("username", &Forgot::username), field("email", &Forgot::email),
                  field("token", &Forgot::token));
}

struct ResetRequested {
    std::int64_t id = 0;
    std::string username, email, sealed;
    gatehouse::Time expires_at{};
};
constexpr auto describe(ResetRequested*) {
    return fields(field("id", &ResetRequested::id), field("username", &ResetRequested::username),
                  field("email", &ResetRequested::email), field("sealed", &ResetRequested::sealed),
                  field("expires_at", &ResetRequested::expires_at));
}

class Teller final : public gatehouse::Service {
public:
    struct Config {
        std::string database, notify_key;
    };

    Teller(gatehouse::Context& context, const Config& config)
        : context_(context),
          database_({.url = config.database, .service = "teller"}, kMigrations),
          events_(context, database_),
          sealer_(config.notify_key) {
        gatehouse::map_storage_errors(context);
        context.post("/tell/banned", &Teller::tell_banned);
        context.post("/tell/forgot", &Teller::tell_forgot);
    }

    void start() override { database_.open(); }
    void stop() override { database_.close(); }

    void tell_banned(const Banned& told) {
        database_.write(
            [&](Transaction& tx) { tx.publish("user.status_changed", told, "user/" + std::to_string(told.id)); });
    }

    void tell_forgot(const Forgot& told) {
        database_.write([&](Transaction& tx) {
            const std::string id = gatehouse::uuid7();
            const ResetRequested request{told.id, told.username, told.email, sealer_.seal(told.token, id),
                                         context_.wall_time() + std::chrono::minutes(30)};
            tx.publish("user.password_reset_requested", request, "user/" + std::to_string(told.id), {}, id);
        });
    }

private:
    gatehouse::Context& context_;
    gatehouse::Database database_;
    gatehouse::Events events_;
    gatehouse::Sealer sealer_;
};

constexpr auto describe(Teller::Config*) {
    return fields(field("database", &Teller::Config::database),
                  field("notify_key", &Teller::Config::notify_key, gatehouse::write_only));
}

}  // namespace teller

GATEHOUSE_PLUGIN(teller::Teller, "teller", "1.0.0");

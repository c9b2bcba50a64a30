// The statements that remove what is over, against rows that the plugin has made.
#include <gatehouse/storage.hpp>

#include "migrations.hpp"
#include "plugins/auth/session_repository.hpp"
#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;
using gatehouse::Transaction;

class CleanupTest : public AuthTest {
protected:
    CleanupTest() : database({.url = database_url, .service = "auth"}, migrations()) {
        host();
        database.open();
    }
    std::int64_t count(const std::string& table) {
        return database.read(
            [&](Transaction& tx) { return tx.query("select count(*) from " + table).one<std::int64_t>(); });
    }
    std::int64_t remove_dead(Time since, int limit) {
        return database.write([&](Transaction& tx) { return sessions::remove_dead(tx, since, limit); });
    }
    std::int64_t remove_expired(Time now, int limit) {
        return database.write([&](Transaction& tx) { return refresh_tokens::remove_expired(tx, now, limit); });
    }
    Time now() { return host().wall_time(); }

    gatehouse::Database database;
};

TEST_F(CleanupTest, OnlyWhatIsOverIsRemoved) {
    sign_up("old");
    host().advance(20 * 24h);
    const Login young = sign_up("young");
    const Login next = login_of(refresh(young.refresh_token));
    host().advance(11 * 24h);
    EXPECT_EQ(remove_expired(now(), 100), 1);
    EXPECT_EQ(remove_dead(now(), 100), 1);
    EXPECT_EQ(count("sessions"), 1);
    EXPECT_EQ(count("refresh_tokens"), 2) << "the used one still tells a thief";
    EXPECT_EQ(count("users"), 2);
    EXPECT_EQ(refresh(next.refresh_token).status, 200);
}

TEST_F(CleanupTest, ARevokedSessionIsRememberedAsLongAsItsTokensCouldLive) {
    const Login login = sign_up("ann");
    post("/api/auth/logout", "{}", login.access_token);
    EXPECT_EQ(remove_dead(now() - 16min, 100), 0);
    host().advance(17min);
    EXPECT_EQ(remove_dead(now() - 16min, 100), 1);
    EXPECT_EQ(count("refresh_tokens"), 0) << "they go with their session";
}

TEST_F(CleanupTest, ABatchHasItsLimit) {
    for (int i = 0; i < 5; ++i) sign_up("user" + std::to_string(i));
    host().advance(40 * 24h);
    EXPECT_EQ(remove_expired(now(), 2), 2);
    EXPECT_EQ(remove_dead(now(), 3), 3);
    EXPECT_EQ(count("sessions"), 2);
}

}  // namespace
}  // namespace auth::testing

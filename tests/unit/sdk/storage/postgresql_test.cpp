// What only PostgreSQL does: lost connections, conflicts, schemas.
#include <cstdlib>

#include "sdk/storage/postgresql/url.hpp"
#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

using namespace std::chrono_literals;

constexpr char kTerminateOthers[] =
    "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'gatehouse-victim'";

class PostgresqlTest : public StorageTest {
protected:
    PostgresqlTest() { options.service = "victim"; }

    Database& admin() {
        if (!admin_) {
            DatabaseOptions with;
            with.url = std::getenv("GATEHOUSE_TEST_POSTGRES");
            with.service = "admin";
            admin_ = std::make_unique<Database>(with, std::span<const Migration>());
            admin_->open();
        }
        return *admin_;
    }
    std::int64_t terminate_connections() {
        return admin().write([](Transaction& tx) { return tx.query(kTerminateOthers).one<std::int64_t>(); });
    }

private:
    std::unique_ptr<Database> admin_;
};

TEST_F(PostgresqlTest, TerminatedConnectionsAreReplacedUnnoticed) {
    options.readers = 4;
    database();
    Crowd(4, [&](int) { count("users"); }).join();
    for (int round = 0; round < 3; ++round) {
        EXPECT_GE(terminate_connections(), 1);
        add_user(round, std::to_string(round));
        EXPECT_TRUE(database().healthy());
    }
    EXPECT_EQ(count("users"), 3);
}

TEST_F(PostgresqlTest, ATransactionThatLosesItsConnectionRunsAgain) {
    int attempts = 0;
    database().write([&](Transaction& tx) {
        ++attempts;
        tx.execute(kInsertUser, 1, "ann");
        if (attempts == 1) terminate_connections();
        tx.execute(kInsertUser, 2, "bob");
    });
    EXPECT_EQ(attempts, 2);
    EXPECT_EQ(count("users"), 2);
}

TEST_F(PostgresqlTest, ALostConnectionIsNotedEvenIfTheBodySwallowsTheError) {
    int attempts = 0;
    database().write([&](Transaction& tx) {
        if (++attempts == 1) terminate_connections();
        try {
            tx.execute(kInsertUser, 1, "ann");
        } catch (const StorageError&) {
            throw std::runtime_error("hides the cause");
        }
    });
    EXPECT_EQ(attempts, 2);
}

TEST_F(PostgresqlTest, ConnectionLostDuringCommitIsReportedAndNotRetried) {
    database().write([](Transaction& tx) {
        tx.execute(
            "create function die() returns trigger language plpgsql as"
            " $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$");
        tx.execute(
            "create constraint trigger die_at_commit after insert on counters deferrable initially deferred"
            " for each row execute function die()");
    });
    int attempts = 0;
    const auto deadly = [&](Transaction& tx) {
        ++attempts;
        tx.execute("insert into counters (name, value) values ('x', 1)");
    };
    EXPECT_THROW(database().write(deadly), CommitOutcomeUnknown);
    EXPECT_EQ(attempts, 1);
    EXPECT_EQ(count("counters"), 0);
}

TEST_F(PostgresqlTest, SerializationFailureIsRetried) {
    database().write(
        [](Transaction& tx) { tx.execute("insert into counters (name, value) values ('a', 1), ('b', 1)"); });
    std::atomic<int> attempts = 0, reading = 0;
    // Each reads what the other writes; both have read before either writes.
    Crowd(2, [&](int me) {
        bool first = true;
        database().write(Isolation::serializable, [&](Transaction& tx) {
            ++attempts;
            const auto sum = tx.query("select sum(value) from counters").one<std::int64_t>();
            if (std::exchange(first, false)) {
                ++reading;
                wait_until([&] { return reading == 2; });
            }
            tx.execute("update counters set value = $1 where name = $2", sum, me == 0 ? "a" : "b");
        });
    }).join();
    EXPECT_GE(attempts, 3);
    const auto values = database().read(
        [](Transaction& tx) { return tx.query("select value from counters order by value").all<int>(); });
    EXPECT_EQ(values, (std::vector<int>{2, 3}));
}

TEST_F(PostgresqlTest, DeadlockIsRetried) {
    database().write(
        [](Transaction& tx) { tx.execute("insert into counters (name, value) values ('a', 0), ('b', 0)"); });
    std::atomic<int> attempts = 0, holding = 0;
    Crowd(2, [&](int me) {
        bool first = true;
        database().write([&](Transaction& tx) {
            ++attempts;
            const std::string names[] = {"a", "b"};
            constexpr char kAdd[] = "update counters set value = value + 1 where name = $1";
            tx.execute(kAdd, names[me]);
            if (std::exchange(first, false)) {
                ++holding;
                wait_until([&] { return holding == 2; });
            }
            tx.execute(kAdd, names[1 - me]);
        });
    }).join();
    EXPECT_EQ(attempts, 3);
    const auto sum =
        database().read([](Transaction& tx) { return tx.query("select sum(value) from counters").one<int>(); });
    EXPECT_EQ(sum, 4);
}

TEST_F(PostgresqlTest, EndlessConflictsEndAsSerializationFailure) {
    options.retries = 2;
    int attempts = 0;
    const auto conflict = [&](Transaction& tx) {
        ++attempts;
        tx.execute("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$");
    };
    EXPECT_THROW(database().write(conflict), SerializationFailure);
    EXPECT_EQ(attempts, 3);
}

TEST_F(PostgresqlTest, ALockedRowIsBusyAfterTheBusyTimeout) {
    options.busy_timeout = 50ms;
    database().write([](Transaction& tx) { tx.execute("insert into counters (name, value) values ('a', 0)"); });
    database().write([&](Transaction& tx) {
        tx.execute("update counters set value = 1");
        std::thread([&] {
            const auto update = [](Transaction& other) { other.execute("update counters set value = 2"); };
            EXPECT_THROW(database().write(update), Busy);
        }).join();
    });
}

TEST_F(PostgresqlTest, AServerThatIsNotThereIsUnavailableSoon) {
    options.url = "postgresql://nobody@127.0.0.1:1/nothing";
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(open(), Unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
}

TEST_F(PostgresqlTest, StatementsSurviveAChangeOfTheirTable) {
    static constexpr char kAll[] = "select * from counters";
    options.readers = 1;
    const auto columns = [&] {
        return database().read([](Transaction& tx) { return tx.query(kAll).columns().size(); });
    };
    EXPECT_EQ(columns(), 2U);
    database().write([](Transaction& tx) { tx.execute("alter table counters add column extra integer"); });
    EXPECT_EQ(columns(), 3U);
}

TEST_F(PostgresqlTest, SchemasKeepServicesApart) {
    add_user(1, "ann");
    DatabaseOptions other = options;
    other.url = fresh_url(directory);
    EXPECT_EQ(open(other)->read([](Transaction& tx) { return tx.query("select count(*) from users").one<int>(); }), 0);
}

TEST_F(PostgresqlTest, ErrorsDoNotContainThePassword) {
    options.url = "postgresql://nobody:hunter2@127.0.0.1:1/nothing";
    try {
        open();
        FAIL();
    } catch (const Unavailable& error) {
        EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos) << error.what();
    }
}

TEST(PostgresqlUrlTest, SchemaIsTakenOutAndLimitsAreAdded) {
    DatabaseOptions options;
    options.url = "postgresql://u@h/db?sslmode=require&schema=posts&connect_timeout=9";
    options.service = "my posts";
    const auto location = storage::postgresql::parse_url(options);
    EXPECT_EQ(location.schema, "posts");
    EXPECT_TRUE(location.url.starts_with("postgresql://u@h/db?sslmode=require&connect_timeout=9&tcp_user_timeout="))
        << location.url;
    EXPECT_TRUE(location.url.ends_with("&application_name=gatehouse-my%20posts")) << location.url;
}

TEST(PostgresqlUrlTest, ASchemaThatIsNoPlainNameIsRefused) {
    for (const char* schema : {"", "Posts", "a\"b", "1st", "a-b", "a%22b"}) {
        DatabaseOptions options;
        options.url = std::string("postgresql://h/db?schema=") + schema;
        EXPECT_THROW(storage::postgresql::parse_url(options), std::invalid_argument) << schema;
    }
}

}  // namespace
}  // namespace gatehouse::storage_test

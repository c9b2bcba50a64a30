#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class TransactionTest : public StorageTest {};

struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
    int number = 0;
};

TEST_F(TransactionTest, WhatIsWrittenCanBeRead) {
    add_user(1, "ann@example.org");
    EXPECT_EQ(count("users"), 1);
    EXPECT_EQ(database().engine(), engine_under_test());
}

TEST_F(TransactionTest, ExceptionRollsBackAndReachesTheCallerUnchanged) {
    try {
        database().write([&](Transaction& tx) {
            tx.execute(kInsertUser, 1, "ann@example.org");
            Refused refused("no");
            refused.number = 42;
            throw refused;
        });
        FAIL();
    } catch (const Refused& refused) {
        EXPECT_EQ(refused.number, 42);
        EXPECT_STREQ(refused.what(), "no");
    }
    EXPECT_EQ(count("users"), 0);
}

TEST_F(TransactionTest, ASwallowedErrorStillRollsBackAndIsReported) {
    add_user(1, "ann@example.org");
    const auto swallow = [&](Transaction& tx) {
        tx.execute(kInsertUser, 2, "bob@example.org");
        EXPECT_THROW(tx.execute(kInsertUser, 3, "ann@example.org"), UniqueViolation);
        EXPECT_THROW(tx.query("select 1"), UniqueViolation);
    };
    EXPECT_THROW(database().write(swallow), UniqueViolation);
    EXPECT_EQ(count("users"), 1);
}

TEST_F(TransactionTest, AReadSeesOneSnapshot) {
    add_user(1, "ann@example.org");
    database().read([&](Transaction& tx) {
        EXPECT_EQ(tx.query("select count(*) from users").one<int>(), 1);
        std::thread([&] { add_user(2, "bob@example.org"); }).join();
        EXPECT_EQ(tx.query("select count(*) from users").one<int>(), 1);
    });
    EXPECT_EQ(count("users"), 2);
}

TEST_F(TransactionTest, AReadMayNotWrite) {
    database();
    const auto write = [](Transaction& tx) { tx.execute(kInsertUser, 1, "ann@example.org"); };
    EXPECT_THROW(database().read(write), ReadOnlyTransaction);
    EXPECT_EQ(count("users"), 0);
}

TEST_F(TransactionTest, NestedTransactionsOfOneDatabaseAreRefused) {
    const auto read = [&](Transaction&) { database().read([](Transaction&) {}); };
    const auto write = [&](Transaction&) { database().write([](Transaction&) {}); };
    const auto close = [&](Transaction&) { database().close(); };
    database();
    EXPECT_THROW(database().write(read), std::logic_error);
    EXPECT_THROW(database().write(write), std::logic_error);
    EXPECT_THROW(database().read(read), std::logic_error);
    EXPECT_THROW(database().read(write), std::logic_error);
    EXPECT_THROW(database().write(close), std::logic_error);
    add_user(1, "still@works");
}

TEST_F(TransactionTest, TransactionsOfTwoDatabasesMayNest) {
    DatabaseOptions other = options;
    other.url = fresh_url(directory);
    if (on_sqlite()) other.url += ".other";
    const auto second = open(other);
    const auto nested = [&](Transaction& tx) {
        const auto users =
            second->read([](Transaction& inner) { return inner.query("select count(*) from users").one<int>(); });
        tx.execute(kInsertUser, users, "count");
    };
    database().write(nested);
    EXPECT_EQ(count("users"), 1);
}

TEST_F(TransactionTest, TransactionControlIsRefused) {
    for (const char* sql : {"commit", "  ROLLBACK", "/* x */ begin", "-- y\nsavepoint a", "release job", "end;"}) {
        const auto run = [&](Transaction& tx) { tx.execute(sql); };
        EXPECT_THROW(database().write(run), std::logic_error) << sql;
    }
}

TEST_F(TransactionTest, SeveralStatementsInOneAreRefused) {
    const auto run = [&](Transaction& tx) { tx.execute("delete from users; delete from likes"); };
    EXPECT_ANY_THROW(database().write(run));
}

TEST_F(TransactionTest, BrokenSqlIsAnErrorThatNamesTheStatement) {
    try {
        database().read([](Transaction& tx) { tx.query("select 1 fromm users"); });
        FAIL();
    } catch (const StorageError& error) {
        EXPECT_NE(std::string(error.what()).find("fromm users"), std::string::npos) << error.what();
    }
    EXPECT_EQ(count("users"), 0);
}

TEST_F(TransactionTest, AMissingParameterIsAnError) {
    const auto run = [](Transaction& tx) { tx.query("select id from users where id = $1 and email = $2", 1); };
    EXPECT_ANY_THROW(database().read(run));
}

TEST_F(TransactionTest, MoreStatementsThanTheCacheHoldsWork) {
    options.statement_cache_max = 3;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 10; ++i) {
            const std::string sql = "select " + std::to_string(i) + " + $1::int";
            EXPECT_EQ(database().read([&](Transaction& tx) { return tx.query(sql, round).one<int>(); }), i + round);
        }
    }
}

TEST_F(TransactionTest, AClosedDatabaseIsUnavailableAndCanBeOpenedAgain) {
    add_user(1, "ann@example.org");
    EXPECT_TRUE(database().healthy());
    database().close();
    database().close();
    EXPECT_FALSE(database().healthy());
    EXPECT_THROW(count("users"), Unavailable);
    EXPECT_THROW(add_user(2, "bob@example.org"), Unavailable);
    database().open();
    EXPECT_TRUE(database().healthy());
    EXPECT_EQ(count("users"), 1);
}

TEST_F(TransactionTest, ADatabaseThatWasNeverOpenedIsUnavailable) {
    Database closed(options, migrations());
    EXPECT_THROW(closed.read([](Transaction&) {}), Unavailable);
    EXPECT_THROW(closed.write([](Transaction&) {}), Unavailable);
    EXPECT_FALSE(closed.healthy());
}

TEST_F(TransactionTest, AnUnknownUrlIsRefusedWithoutItsPassword) {
    options.url = "mysql://root:hunter2@localhost/x";
    try {
        Database unused(options, migrations());
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
    }
}

}  // namespace
}  // namespace gatehouse::storage_test

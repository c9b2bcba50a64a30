// Transaction::execute_later(), and how few waits PostgreSQL gets by with.
#include <utility>

#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class LaterTest : public StorageTest {};

constexpr char kCount[] = "select count(*) from users";

TEST_F(LaterTest, TheNextStatementSeesIt) {
    const auto [before, after] = database().write([](Transaction& tx) {
        tx.execute_later(kInsertUser, 1, "ann");
        const int first = tx.query(kCount).one<int>();
        tx.execute_later(kInsertUser, 2, "bob");
        tx.execute_later(kInsertUser, 3, "cat");
        return std::pair(first, tx.query(kCount).one<int>());
    });
    EXPECT_EQ(before, 1);
    EXPECT_EQ(after, 3);
}

TEST_F(LaterTest, TheCommitTakesItAlong) {
    database().write([](Transaction& tx) {
        for (int id = 0; id < 300; ++id) tx.execute_later(kInsertUser, id, std::to_string(id));
    });
    EXPECT_EQ(count("users"), 300);
}

TEST_F(LaterTest, ItsErrorLeavesNothingBehind) {
    add_user(1, "ann");
    const auto twice = [](Transaction& tx) {
        tx.execute(kInsertUser, 2, "bob");
        tx.execute_later(kInsertUser, 3, "ann");
    };
    for (int round = 0; round < 3; ++round) EXPECT_THROW(database().write(twice), UniqueViolation);
    EXPECT_EQ(count("users"), 1);
    add_user(2, "bob");
}

TEST_F(LaterTest, ItsErrorIsThatOfTheNextStatement) {
    add_user(1, "ann");
    const auto swallow = [](Transaction& tx) {
        try {
            tx.execute_later(kInsertUser, 2, "ann");
            tx.query(kCount);
        } catch (const UniqueViolation& error) {
            EXPECT_TRUE(error.violates("users.email"));
        }
        EXPECT_THROW(tx.execute_later(kInsertUser, 3, "cat"), UniqueViolation);
    };
    EXPECT_THROW(database().write(swallow), UniqueViolation);
    EXPECT_EQ(count("users"), 1);
}

TEST_F(LaterTest, AnExceptionTakesItBack) {
    for (int round = 0; round < 3; ++round) {
        const auto fail = [](Transaction& tx) {
            tx.execute_later(kInsertUser, 1, "ann");
            throw std::runtime_error("no");
        };
        EXPECT_THROW(database().write(fail), std::runtime_error);
    }
    EXPECT_EQ(count("users"), 0);
}

TEST_F(LaterTest, AnExceptionIsNotHiddenByItsError) {
    add_user(1, "ann");
    const auto fail = [](Transaction& tx) {
        tx.execute_later(kInsertUser, 1, "ann");
        if (tx.engine() == Engine::postgresql) throw std::out_of_range("first");
    };
    if (on_sqlite()) {
        EXPECT_THROW(database().write(fail), UniqueViolation);
    } else {
        EXPECT_THROW(database().write(fail), std::out_of_range);
    }
    EXPECT_EQ(count("users"), 1);
}

TEST_F(LaterTest, AReadMayNotWriteLaterEither) {
    const auto write = [](Transaction& tx) { tx.execute_later(kInsertUser, 1, "ann"); };
    EXPECT_THROW(database().read(write), ReadOnlyTransaction);
    EXPECT_EQ(count("users"), 0);
}

TEST_F(LaterTest, ItsTextMayBeGoneByThen) {
    options.statement_cache_max = 1;
    database().write([](Transaction& tx) {
        for (int id = 0; id < 20; ++id) {
            const std::string value = std::to_string(id);
            tx.execute_later("insert into users (id, email) values ($1, $2 || '" + value + "')", id, value + "@");
        }
    });
    EXPECT_EQ(database().read(
                  [](Transaction& tx) { return tx.query("select email from users where id = 7").one<std::string>(); }),
              "7@7");
}

TEST_F(LaterTest, AStatementThatCouldNotBePreparedCanBeLater) {
    static constexpr char kLate[] = "select count(*) from late";
    options.readers = 1;
    const auto ask = [](Transaction& tx) { return tx.query(kLate).one<int>(); };
    for (int round = 0; round < 2; ++round) EXPECT_THROW(database().read(ask), StorageError);
    database().write([](Transaction& tx) { tx.execute("create table late (id integer)"); });
    EXPECT_EQ(database().read(ask), 0);
}

TEST_F(LaterTest, OnlyTheFailingOneOfManyIsNamed) {
    const auto fail = [](Transaction& tx) {
        tx.execute_later(kInsertUser, 1, "ann");
        tx.execute_later("insert into users (id, email) values (2, null)");
        tx.execute_later(kInsertUser, 3, "cat");
    };
    try {
        database().write(fail);
        FAIL();
    } catch (const NotNullViolation& error) {
        EXPECT_NE(std::string(error.what()).find("(2, null)"), std::string::npos) << error.what();
    }
}

TEST_F(LaterTest, ManyReadersAndWritersShareOneConnection) {
    options.readers = 1;
    database();
    Crowd(8, [&](int me) {
        for (int i = 0; i < 25; ++i) {
            database().write(
                [&](Transaction& tx) { tx.execute_later(kInsertUser, me * 100 + i, std::to_string(me * 100 + i)); });
            database().read([](Transaction& tx) { tx.query(kCount); });
        }
    }).join();
    EXPECT_EQ(count("users"), 200);
}

}  // namespace
}  // namespace gatehouse::storage_test

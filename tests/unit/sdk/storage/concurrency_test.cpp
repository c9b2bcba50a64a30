#include <latch>

#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

using namespace std::chrono_literals;

class ConcurrencyTest : public StorageTest {
protected:
    void add_counter(std::int64_t value) {
        database().write(
            [&](Transaction& tx) { tx.execute("insert into counters (name, value) values ('c', $1)", value); });
    }
    std::int64_t counter() {
        return database().read(
            [](Transaction& tx) { return tx.query("select value from counters").one<std::int64_t>(); });
    }
};

constexpr char kIncrement[] = "update counters set value = value + 1 where name = 'c'";

TEST_F(ConcurrencyTest, IncrementsOfSixteenThreadsSumUp) {
    add_counter(0);
    Crowd(16, [&](int) {
        for (int i = 0; i < 25; ++i) database().write([](Transaction& tx) { tx.execute(kIncrement); });
    }).join();
    EXPECT_EQ(counter(), 16 * 25);
}

TEST_F(ConcurrencyTest, ReadModifyWriteUnderSerializableSumsUp) {
    options.retries = 100;
    add_counter(0);
    Crowd(4, [&](int) {
        for (int i = 0; i < 10; ++i) {
            database().write(Isolation::serializable, [](Transaction& tx) {
                const auto value = tx.query("select value from counters where name = 'c'").one<std::int64_t>();
                tx.execute("update counters set value = $1 where name = 'c'", value + 1);
            });
        }
    }).join();
    EXPECT_EQ(counter(), 40);
}

TEST_F(ConcurrencyTest, OneOfManyEqualInsertsWins) {
    database();
    std::atomic<int> won = 0, lost = 0;
    Crowd(8, [&](int i) {
        try {
            add_user(i, "same@example.org");
            ++won;
        } catch (const UniqueViolation&) {
            ++lost;
        }
    }).join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 7);
    EXPECT_EQ(count("users"), 1);
}

TEST_F(ConcurrencyTest, AFailingWriteDoesNotUndoItsNeighbours) {
    database();
    std::atomic<int> failed = 0;
    Crowd(16, [&](int thread) {
        for (int i = 0; i < 20; ++i) {
            const int id = thread * 100 + i;
            try {
                database().write([&](Transaction& tx) {
                    tx.execute(kInsertUser, id, std::to_string(id));
                    if (id % 3 == 0) throw std::runtime_error("no");
                });
            } catch (const std::runtime_error& error) {
                EXPECT_STREQ(error.what(), "no");
                ++failed;
            }
        }
    }).join();
    EXPECT_EQ(count("users"), 16 * 20 - failed);
    const auto wrong = database().read(
        [](Transaction& tx) { return tx.query("select count(*) from users where id % 3 = 0").one<int>(); });
    EXPECT_EQ(wrong, 0);
}

TEST_F(ConcurrencyTest, AnExhaustedPoolIsBusyAndRecovers) {
    options.readers = 1;
    options.acquire_timeout = 50ms;
    database();
    Signal reading, go_on;
    std::thread holder([&] {
        database().read([&](Transaction& tx) {
            tx.query("select 1");
            reading.set();
            go_on.wait();
        });
    });
    reading.wait();
    EXPECT_THROW(count("users"), Busy);
    go_on.set();
    holder.join();
    EXPECT_EQ(count("users"), 0);
}

TEST_F(ConcurrencyTest, ConnectionsGrowWithTheNeedAndNotBeyondTheLimit) {
    options.readers = 3;
    database();
    count("users");
    const auto fixed = on_sqlite() ? 1U : 0U;  // the writer
    EXPECT_EQ(database().statistics().connections, fixed + 1);
    Crowd(12, [&](int) {
        for (int i = 0; i < 20; ++i) count("users");
    }).join();
    EXPECT_LE(database().statistics().connections, fixed + 3);
}

TEST_F(ConcurrencyTest, CloseWaitsForWhatIsRunning) {
    database();
    Signal reading, go_on;
    std::atomic<bool> finished = false;
    std::thread holder([&] {
        database().read([&](Transaction& tx) {
            reading.set();
            go_on.wait();
            EXPECT_EQ(tx.query("select count(*) from users").one<int>(), 0);
            finished = true;
        });
    });
    reading.wait();
    std::thread closer([&] {
        database().close();
        EXPECT_TRUE(finished);
    });
    wait_until([&] { return !database().healthy(); });
    go_on.set();
    closer.join();
    holder.join();
}

TEST_F(ConcurrencyTest, AnEndlessStatementIsStopped) {
    options.statement_timeout = 100ms;
    const auto endless = [](Transaction& tx) { tx.query(kEndless); };
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(database().read(endless), Timeout);
    EXPECT_THROW(database().write(endless), Timeout);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    add_user(1, "still@works");
}

}  // namespace
}  // namespace gatehouse::storage_test

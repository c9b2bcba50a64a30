// What only SQLite does: group commit, the write queue, files.
#include <sys/stat.h>

#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

using namespace std::chrono_literals;

class SqliteTest : public StorageTest {
protected:
    // Occupies the writer until release(), so that writes queue up.
    class Block {
    public:
        explicit Block(Database& database)
            : thread_([this, &database] {
                  database.write([this](Transaction&) {
                      running_.set();
                      go_on_.wait();
                  });
              }) {
            running_.wait();
        }
        void release() {
            go_on_.set();
            thread_.join();
        }

    private:
        Signal running_, go_on_;
        std::thread thread_;
    };

    // Runs `work` on many threads so that all their writes end up in one batch.
    void in_one_batch(int size, const std::function<void(int)>& work) {
        Block block(database());
        Crowd crowd(size, work);
        wait_until([&] { return database().statistics().write_queue == static_cast<std::size_t>(size); });
        block.release();
    }
};

TEST_F(SqliteTest, WritesThatWaitShareOneCommit) {
    in_one_batch(10, [&](int i) { add_user(i, std::to_string(i)); });
    EXPECT_EQ(count("users"), 10);
    EXPECT_EQ(database().statistics().writes, 11U);
    EXPECT_EQ(database().statistics().commits, 2U);
}

TEST_F(SqliteTest, ErrorsInABatchStayWithTheirOwners) {
    std::atomic<int> duplicates = 0, exceptions = 0, broken_keys = 0;
    in_one_batch(12, [&](int i) {
        try {
            database().write([&](Transaction& tx) {
                tx.execute(kInsertUser, i, i % 4 == 1 ? "same" : std::to_string(i));
                if (i % 4 == 2) throw std::domain_error("mine");
                if (i % 4 == 3) tx.execute("insert into things (parent) values (404)");
            });
        } catch (const UniqueViolation&) {
            ++duplicates;
        } catch (const ForeignKeyViolation&) {
            ++broken_keys;
        } catch (const std::domain_error&) {
            ++exceptions;
        }
    });
    EXPECT_EQ(duplicates, 2);
    EXPECT_EQ(exceptions, 3);
    EXPECT_EQ(broken_keys, 3);
    EXPECT_EQ(count("users"), 4);
    EXPECT_EQ(count("things"), 0);
}

TEST_F(SqliteTest, NeighboursOfAnInterruptedWriteAreRunAgain) {
    options.statement_timeout = 200ms;
    std::atomic<int> timeouts = 0;
    in_one_batch(5, [&](int i) {
        try {
            database().write([&](Transaction& tx) {
                tx.execute(kInsertUser, i, std::to_string(i));
                if (i == 2)
                    tx.execute(std::string("insert into counters (name, value) values ('x', (") + kEndless + "))");
            });
        } catch (const Timeout&) {
            ++timeouts;
        } catch (const StorageError& error) {
            ADD_FAILURE() << error.what();
        }
    });
    EXPECT_EQ(timeouts, 1);
    EXPECT_EQ(count("users"), 4);
}

TEST_F(SqliteTest, AFullQueueIsBusyAtOnce) {
    options.write_queue_max = 2;
    database();
    Block block(database());
    std::atomic<int> busy = 0;
    Crowd crowd(10, [&](int i) {
        try {
            add_user(i, std::to_string(i));
        } catch (const Busy&) {
            ++busy;
        }
    });
    wait_until([&] { return busy == 8; });
    block.release();
    crowd.join();
    EXPECT_EQ(busy, 8);
    EXPECT_EQ(count("users"), 2);
}

TEST_F(SqliteTest, AWriteThatWaitsTooLongIsBusyAndNeverRuns) {
    options.acquire_timeout = 30ms;
    database();
    Block block(database());
    EXPECT_THROW(add_user(1, "late"), Busy);
    block.release();
    EXPECT_EQ(count("users"), 0);
}

TEST_F(SqliteTest, QueuedWritesAreDoneBeforeTheDatabaseCloses) {
    database();
    Block block(database());
    Crowd crowd(3, [&](int i) { add_user(i, std::to_string(i)); });
    wait_until([&] { return database().statistics().write_queue == 3; });
    std::thread closer([&] { database().close(); });
    block.release();
    closer.join();
    crowd.join();
    database().open();
    EXPECT_EQ(count("users"), 3);
}

TEST_F(SqliteTest, ALockHeldByAnotherProcessIsWaitedForAndThenBusy) {
    options.busy_timeout = 100ms;
    database();
    const auto other = open();
    Block block(*other);
    EXPECT_THROW(add_user(1, "ann"), Busy);
    EXPECT_EQ(count("users"), 0) << "reading goes on";
    block.release();
    add_user(1, "ann");
}

TEST_F(SqliteTest, TwoDatabasesOnOneFileBothGetTheirTurn) {
    database();
    const auto other = open();
    Crowd(8, [&](int thread) {
        Database& mine = thread % 2 == 0 ? database() : *other;
        for (int i = 0; i < 25; ++i) {
            mine.write(
                [&](Transaction& tx) { tx.execute(kInsertUser, thread * 100 + i, std::to_string(thread * 100 + i)); });
        }
    }).join();
    EXPECT_EQ(count("users"), 200);
}

TEST_F(SqliteTest, TheFileIsForItsOwnerOnlyAndDirectoriesAreMade) {
    options.url = "sqlite:" + (directory / "a" / "b" / "test.db").string();
    add_user(1, "ann");
    for (const char* name : {"test.db", "test.db-wal"}) {
        struct stat status {};
        ASSERT_EQ(stat((directory / "a" / "b" / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
}

TEST_F(SqliteTest, TheLogIsSyncedAtEveryCommit) {
    const auto pragma = [&](const std::string& name) {
        return database().write([&](Transaction& tx) { return tx.query("pragma " + name).one<std::int64_t>(); });
    };
    EXPECT_EQ(pragma("synchronous"), 2);
    EXPECT_EQ(pragma("foreign_keys"), 1);
}

TEST_F(SqliteTest, MemoryIsSharedByTheDatabasesOfOneService) {
    options.url = "sqlite::memory:";
    options.service = "memory-test";
    add_user(1, "ann");
    const auto same = open();
    EXPECT_EQ(same->read([](Transaction& tx) { return tx.query("select count(*) from users").one<int>(); }), 1);
    DatabaseOptions other = options;
    other.service = "another-test";
    EXPECT_EQ(open(other)->read([](Transaction& tx) { return tx.query("select count(*) from users").one<int>(); }), 0);
    EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST_F(SqliteTest, MemoryStandsConcurrentUse) {
    options.url = "sqlite::memory:";
    options.service = "";
    database();
    Crowd(8, [&](int thread) {
        for (int i = 0; i < 20; ++i) {
            add_user(thread * 100 + i, std::to_string(thread * 100 + i));
            count("users");
        }
    }).join();
    EXPECT_EQ(count("users"), 160);
}

TEST_F(SqliteTest, AMigrationMayRebuildATableThatOthersReferTo) {
    constexpr char kTables[] =
        "create table p (id integer primary key); create table c (p integer references p (id)); insert into p values "
        "(1);"
        "insert into c values (1)";
    constexpr char kRebuild[] =
        "create table q (id integer primary key, x text); insert into q (id) select id from p; drop table p; alter "
        "table q rename to p";
    constexpr char kBroken[] = "delete from p";
    const std::vector<Migration> good{{1, "tables", kTables, ""}, {2, "rebuild", kRebuild, ""}};
    Database(options, good).open();
    const std::vector<Migration> bad{good[0], good[1], {3, "orphans", kBroken, ""}};
    EXPECT_THROW(Database(options, bad).open(), MigrationFailed);
}

TEST_F(SqliteTest, AFileThatIsNoDatabaseIsUnavailable) {
    std::filesystem::create_directories(directory);
    FILE* file = fopen((directory / "test.db").c_str(), "w");
    for (int i = 0; i < 1000; ++i) fputs("this is not a database, sorry\n", file);
    fclose(file);
    EXPECT_THROW(open(), Unavailable);
}

TEST_F(SqliteTest, AUrlWithoutAFileIsRefused) {
    for (const char* url : {"sqlite:", "sqlite://", "sqlite:a?mode=ro"}) {
        options.url = url;
        EXPECT_THROW(Database(options, migrations()), std::invalid_argument) << url;
    }
}

}  // namespace
}  // namespace gatehouse::storage_test

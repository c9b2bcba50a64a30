#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class MigrationTest : public StorageTest {
protected:
    void open_with(const std::vector<Migration>& list) const { Database(options, list).open(); }
    template <class Error>
    std::string file_of_failure(const std::vector<Migration>& list) const {
        try {
            open_with(list);
        } catch (const Error& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with(error.file())) << error.what();
            return error.file();
        }
        return "no error";
    }
    std::vector<MigrationState> states(const std::vector<Migration>& list) const {
        std::vector<MigrationState> result;
        for (const auto& entry : Database(options, list).migration_status().entries) result.push_back(entry.state);
        return result;
    }
};

constexpr char kCreateA[] = "create table a (id bigint not null primary key)";
constexpr char kCreateB[] = "create table b (id bigint not null primary key); insert into b (id) values (1)";
constexpr Migration kFirst{1, "create_a", kCreateA, kCreateA};
constexpr Migration kSecond{2, "create_b", kCreateB, kCreateB};
using enum MigrationState;

TEST_F(MigrationTest, EmbeddedFilesAreNumberedAndSplitByEngine) {
    const auto embedded = migrations();
    ASSERT_EQ(embedded.size(), 3U);
    EXPECT_EQ(embedded[1].number, 2);
    EXPECT_EQ(embedded[1].name, "create_likes");
    EXPECT_EQ(embedded[0].sqlite, embedded[0].postgresql);
    EXPECT_TRUE(embedded[2].sqlite.ends_with(") strict;\n"));
    EXPECT_NE(embedded[2].postgresql.find("bigserial"), std::string_view::npos);
}

TEST_F(MigrationTest, AreAppliedOnceInOrder) {
    EXPECT_EQ(states({kFirst, kSecond}), (std::vector{pending, pending}));
    open_with({kFirst});
    EXPECT_EQ(states({kFirst, kSecond}), (std::vector{applied, pending}));
    open_with({kFirst, kSecond});
    open_with({kFirst, kSecond});
    EXPECT_EQ(states({kFirst, kSecond}), (std::vector{applied, applied}));
}

TEST_F(MigrationTest, StatusCreatesNothing) {
    EXPECT_EQ(states({kFirst}), std::vector{pending});
    if (on_sqlite()) {
        EXPECT_TRUE(std::filesystem::is_empty(directory));
    }
}

TEST_F(MigrationTest, CanBeAppliedWithoutOpening) {
    const std::vector list{kFirst, kSecond};
    Database database(options, list);
    database.migrate();
    const MigrationStatus status = database.migration_status();
    EXPECT_TRUE(status.up_to_date());
    EXPECT_EQ(status.entries[0].applied_at.size(), std::string("2026-01-01T00:00:00Z").size());
}

TEST_F(MigrationTest, AChangedTextIsDriftThatNamesTheFile) {
    open_with({kFirst, kSecond});
    Migration changed = kSecond;
    changed.sqlite = changed.postgresql = kCreateA;
    EXPECT_EQ(file_of_failure<MigrationDrift>({kFirst, changed}), "0002_create_b.sql");
    EXPECT_EQ(states({kFirst, changed}), (std::vector{applied, MigrationState::changed}));
}

TEST_F(MigrationTest, AnEarlierOneThatIsMissingIsDrift) {
    open_with({kFirst, kSecond});
    const std::vector list{kFirst, kSecond};
    Database database(options, list);
    database.open();
    database.write([](Transaction& tx) { tx.execute("delete from schema_migrations where number = 1"); });
    database.close();
    EXPECT_EQ(file_of_failure<MigrationDrift>(list), "0001_create_a.sql");
    EXPECT_EQ(states(list), (std::vector{skipped, applied}));
}

TEST_F(MigrationTest, ADatabaseOfANewerProgramIsDrift) {
    open_with({kFirst, kSecond});
    EXPECT_EQ(file_of_failure<MigrationDrift>({kFirst}), "0002_create_b.sql");
    EXPECT_EQ(states({kFirst}), (std::vector{applied, unknown}));
}

TEST_F(MigrationTest, OneThatFailsLeavesNothingAndNamesTheFile) {
    constexpr char kBroken[] = "create table c (id bigint not null primary key); insert into nowhere values (1)";
    const Migration broken{2, "broken", kBroken, kBroken};
    EXPECT_EQ(file_of_failure<MigrationFailed>({kFirst, broken}), "0002_broken.sql");
    EXPECT_EQ(states({kFirst, broken}), (std::vector{applied, pending}));
    constexpr char kMended[] = "create table c (id bigint not null primary key)";
    open_with({kFirst, {2, "broken", kMended, kMended}});
}

TEST_F(MigrationTest, EightProgramsThatStartAtOnceApplyEachOnce) {
    std::atomic<int> opened = 0;
    const std::vector list{kFirst, kSecond};
    Crowd(8, [&](int) {
        try {
            Database(options, list).open();
            ++opened;
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
    }).join();
    EXPECT_EQ(opened, 8);
    Database database(options, list);
    database.open();
    EXPECT_EQ(database.read([](Transaction& tx) { return tx.query("select count(*) from b").one<int>(); }), 1);
}

TEST_F(MigrationTest, GapsInTheNumbersAreRefused) {
    const std::vector list{kSecond};
    EXPECT_THROW(Database(options, list), std::invalid_argument);
}

}  // namespace
}  // namespace gatehouse::storage_test

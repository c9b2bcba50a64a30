#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class ConstraintTest : public StorageTest {
protected:
    template <class Error, class... Args>
    Error violation(const std::string& sql, const Args&... args) {
        try {
            database().write([&](Transaction& tx) { tx.execute(sql, args...); });
        } catch (const Error& error) {
            return error;
        }
        throw std::runtime_error("not violated: " + sql);
    }
};

TEST_F(ConstraintTest, UniqueColumnIsNamedAlikeOnBothEngines) {
    add_user(1, "ann@example.org");
    const auto error = violation<UniqueViolation>(kInsertUser, 2, "ann@example.org");
    EXPECT_TRUE(error.violates("users.email"));
    EXPECT_TRUE(error.violates("users_email_key"));
    EXPECT_FALSE(error.violates("users.id"));
    EXPECT_FALSE(error.violates("posts.email"));
    EXPECT_FALSE(error.violates("users_pkey"));
    EXPECT_EQ(error.table(), "users");
    EXPECT_EQ(error.columns(), std::vector<std::string>{"email"});
}

TEST_F(ConstraintTest, PrimaryKeyIsNamedAlikeOnBothEngines) {
    add_user(1, "ann@example.org");
    const auto error = violation<UniqueViolation>(kInsertUser, 1, "bob@example.org");
    EXPECT_TRUE(error.violates("users.id"));
    EXPECT_TRUE(error.violates("users_pkey"));
    EXPECT_FALSE(error.violates("users.email"));
}

TEST_F(ConstraintTest, CompositeKeyIsNamedInAnyOrder) {
    add_user(1, "ann@example.org");
    const std::string like = "insert into likes (post_id, user_id) values ($1, $2)";
    database().write([&](Transaction& tx) { tx.execute(like, 5, 1); });
    const auto error = violation<UniqueViolation>(like, 5, 1);
    EXPECT_TRUE(error.violates("likes.post_id, likes.user_id"));
    EXPECT_TRUE(error.violates("likes.user_id,likes.post_id"));
    EXPECT_TRUE(error.violates("likes.post_id, user_id"));
    EXPECT_TRUE(error.violates("likes_pkey"));
    EXPECT_FALSE(error.violates("likes.post_id"));
}

TEST_F(ConstraintTest, UniqueIndexIsKnownByItsName) {
    database().write(
        [](Transaction& tx) { tx.execute("insert into users (id, email, nickname, age) values (1, 'a', 'Ann', 30)"); });
    const auto expression =
        violation<UniqueViolation>("insert into users (id, email, nickname, age) values (2, 'b', 'ANN', 31)");
    EXPECT_TRUE(expression.violates("users_nickname_lower"));
    EXPECT_EQ(expression.table(), "users");
}

TEST_F(ConstraintTest, UniqueIndexOverColumnsIsKnownByNameAndColumns) {
    database().write([](Transaction& tx) {
        tx.execute("drop index users_nickname_lower");
        tx.execute("insert into users (id, email, nickname, age) values (1, 'a', 'Ann', 30)");
    });
    const auto error =
        violation<UniqueViolation>("insert into users (id, email, nickname, age) values (2, 'b', 'Ann', 30)");
    EXPECT_TRUE(error.violates("users_age_nickname"));
    EXPECT_TRUE(error.violates("users.age, users.nickname"));
}

TEST_F(ConstraintTest, CheckIsKnownByItsName) {
    EXPECT_TRUE(violation<CheckViolation>("insert into users (id, email, age) values (1, 'a', -1)")
                    .violates("users_age_check"));
}

TEST_F(ConstraintTest, NullInANotNullColumnNamesTheColumn) {
    EXPECT_TRUE(violation<NotNullViolation>("insert into users (id, email) values (1, null)").violates("users.email"));
}

TEST_F(ConstraintTest, ForeignKeyIsChecked) {
    violation<ForeignKeyViolation>("insert into likes (post_id, user_id) values (1, 404)");
    EXPECT_EQ(count("likes"), 0);
}

TEST_F(ConstraintTest, DeferredForeignKeyIsCheckedAtTheEnd) {
    violation<ForeignKeyViolation>("insert into things (parent) values (404)");
    database().write([](Transaction& tx) {
        tx.execute("insert into things (id, parent) values (1000, 1001)");
        tx.execute("insert into things (id, parent) values (1001, 1000)");
    });
    EXPECT_EQ(count("things"), 2);
}

TEST_F(ConstraintTest, MessagesDoNotRepeatTheRowsValues) {
    add_user(1, "secret@example.org");
    const auto error = violation<UniqueViolation>(kInsertUser, 2, "secret@example.org");
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
}

TEST_F(ConstraintTest, ValuesThatLookLikeFieldsOfAnErrorDoNotConfuse) {
    const std::string evil = "x)=(y\nTABLE NAME:  likes\nCONSTRAINT NAME:  likes_pkey";
    add_user(1, evil);
    const auto error = violation<UniqueViolation>(kInsertUser, 2, evil);
    EXPECT_TRUE(error.violates("users.email"));
    EXPECT_TRUE(error.violates("users_email_key"));
    EXPECT_FALSE(error.violates("likes_pkey"));
}

TEST_F(ConstraintTest, ConflictClauseGoesOnAfterADuplicate) {
    add_user(1, "ann@example.org");
    const auto added = database().write([](Transaction& tx) {
        return tx.execute("insert into users (id, email) values (2, 'ann@example.org') on conflict do nothing") +
               tx.execute("insert into users (id, email) values (2, 'bob@example.org') on conflict do nothing");
    });
    EXPECT_EQ(added, 1);
}

}  // namespace
}  // namespace gatehouse::storage_test

#include <limits>

#include "tests/unit/sdk/storage/fixture.hpp"

namespace gatehouse::storage_test {
namespace {

class RowsTest : public StorageTest {
protected:
    template <class T>
    void store(const std::string& column, const T& value) {
        database().write(
            [&](Transaction& tx) { tx.execute("insert into things (" + column + ") values ($1)", value); });
    }
    Rows things(const std::string& columns) {
        return database().read(
            [&](Transaction& tx) { return tx.query("select " + columns + " from things order by id"); });
    }
    template <class T>
    T round_trip(const std::string& column, const T& value) {
        database().write([&](Transaction& tx) { tx.execute("delete from things"); });
        store(column, value);
        return things(column).template one<T>();
    }
};

TEST_F(RowsTest, IntegersKeepTheirWholeRange) {
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min()}) {
        EXPECT_EQ(round_trip("number", value), value);
    }
}

TEST_F(RowsTest, FloatingPointNumbersComeBackToTheLastBit) {
    for (const double value : {0.0, 0.1, -1.5e300, 5e-324, std::numeric_limits<double>::max()}) {
        EXPECT_EQ(round_trip("real", value), value);
    }
}

TEST_F(RowsTest, BooleansComeBack) {
    EXPECT_TRUE(round_trip("flag", true));
    EXPECT_FALSE(round_trip("flag", false));
}

TEST_F(RowsTest, TextOfAnyLanguageComesBack) {
    const std::string texts[] = {"", "plain", "it's \"quoted\" $1 \\x", "Grüße, Ω, 日本語, 🦄",
                                 std::string(100'000, 'x')};
    for (const std::string& text : texts) EXPECT_EQ(round_trip("text", text), text);
}

TEST_F(RowsTest, BytesOfAnyValueComeBack) {
    Blob all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
    EXPECT_EQ(round_trip("bytes", all), all);
    EXPECT_EQ(round_trip("bytes", Blob{}), Blob{});
}

TEST_F(RowsTest, NullReadsAsAnEmptyOptional) {
    database().write([](Transaction& tx) {
        tx.execute("insert into things (number, text, bytes) values ($1, $2, $3)", nullptr,
                   std::optional<std::string>(), std::optional<Blob>());
    });
    const Rows rows = things("number, text, bytes");
    EXPECT_EQ(rows[0].get<std::optional<int>>(0), std::nullopt);
    EXPECT_EQ(rows[0].get<std::optional<std::string>>("text"), std::nullopt);
    EXPECT_EQ(rows[0].get<std::optional<Blob>>("bytes"), std::nullopt);
    EXPECT_THROW(rows[0].get<int>(0), TypeMismatch);
}

TEST_F(RowsTest, OptionalWithAValueReadsAsTheValue) {
    store("number", std::optional<int>(7));
    EXPECT_EQ(things("number").one<std::optional<int>>(), 7);
}

TEST_F(RowsTest, AskingForTheWrongTypeIsAnError) {
    store("text", "seven");
    EXPECT_THROW(things("text").one<int>(), TypeMismatch);
    EXPECT_THROW(things("text").one<Blob>(), TypeMismatch);
    EXPECT_THROW(things("id").one<std::string>(), TypeMismatch);
}

TEST_F(RowsTest, AnIntegerTooLargeForTheTypeIsAnError) {
    store("number", 300);
    EXPECT_EQ(things("number").one<std::int16_t>(), 300);
    EXPECT_THROW(things("number").one<std::uint8_t>(), TypeMismatch);
    EXPECT_THROW(things("number").one<bool>(), TypeMismatch);
}

TEST_F(RowsTest, AColumnThatDoesNotExistIsAnError) {
    store("number", 1);
    EXPECT_THROW(things("number")[0].get<int>("nummer"), std::out_of_range);
    EXPECT_THROW(things("number")[0].get<int>(1), std::out_of_range);
}

TEST_F(RowsTest, SumsAndCountsAreIntegers) {
    store("number", 40);
    store("number", 2);
    const Rows rows = database().read(
        [](Transaction& tx) { return tx.query("select sum(number), count(*), avg(number) from things"); });
    EXPECT_EQ(rows[0].get<std::int64_t>(0), 42);
    EXPECT_EQ(rows[0].get<std::int64_t>(1), 2);
    EXPECT_EQ(rows[0].get<double>(2), 21.0);
}

TEST_F(RowsTest, OneMaybeAndAllSayHowManyRowsTheyTake) {
    EXPECT_EQ(things("number").maybe<int>(), std::nullopt);
    EXPECT_THROW(things("number").one<int>(), UnexpectedRowCount);
    store("number", 1);
    EXPECT_EQ(things("number").maybe<int>(), 1);
    store("number", 2);
    EXPECT_THROW(things("number").maybe<int>(), UnexpectedRowCount);
    EXPECT_EQ(things("number").all<int>(), (std::vector<int>{1, 2}));
    const auto doubled = things("number").all<int>([](const Row& row) { return 2 * row.get<int>("number"); });
    EXPECT_EQ(doubled, (std::vector<int>{2, 4}));
}

TEST_F(RowsTest, TextThatTheEnginesWouldTreatDifferentlyIsRefused) {
    for (const std::string& text : {std::string("a\0b", 3), std::string("\xC3\x28"), std::string("\xED\xA0\x80")}) {
        EXPECT_THROW(store("text", text), InvalidParameter);
    }
    EXPECT_THROW(store("real", std::numeric_limits<double>::quiet_NaN()), InvalidParameter);
    EXPECT_EQ(count("things"), 0);
}

TEST_F(RowsTest, ATextInANumberColumnIsRefused) { EXPECT_THROW(store("number", "seven"), InvalidParameter); }

TEST_F(RowsTest, ExecuteTellsHowManyRowsItTouched) {
    database().write([](Transaction& tx) {
        EXPECT_EQ(tx.execute("insert into things (number) values ($1), ($2), ($3)", 1, 2, 3), 3);
        EXPECT_EQ(tx.execute("update things set number = number + $1 where number > $2", 10, 1), 2);
        EXPECT_EQ(tx.execute("delete from things where number = $1", 99), 0);
    });
}

TEST_F(RowsTest, ReturningGivesTheRowsThatWereWritten) {
    const auto id = database().write([](Transaction& tx) {
        return tx.query("insert into things (number) values ($1) returning id", 5).one<std::int64_t>();
    });
    EXPECT_GT(id, 0);
}

TEST_F(RowsTest, PlaceholdersMayRepeatAndCarryCasts) {
    const auto sum = database().read([](Transaction& tx) {
        return tx.query("select $2::bigint + $1::bigint + $2::bigint", 1, 20).one<std::int64_t>();
    });
    EXPECT_EQ(sum, 41);
}

TEST_F(RowsTest, AnAnswerLargerThanAllowedIsAnError) {
    options.rows_max = 10;
    const auto ask = [&](int limit) {
        return database().read([&](Transaction& tx) {
            return tx
                .query("with recursive n (i) as (select 1 union all select i + 1 from n where i < $1) select i from n",
                       limit)
                .size();
        });
    };
    EXPECT_EQ(ask(10), 10U);
    EXPECT_THROW(ask(11), UnexpectedRowCount);
    EXPECT_EQ(ask(10), 10U);
}

}  // namespace
}  // namespace gatehouse::storage_test

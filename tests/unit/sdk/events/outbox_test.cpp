// From the transaction to the outbox.
#include "tests/unit/sdk/events/fixture.hpp"

#include <atomic>
#include <future>
#include <stdexcept>

namespace gatehouse::events_test {

namespace {

using Lines = std::vector<std::string>;

constexpr char kPayload[] = R"({"value":1})";

TEST_F(EventsTest, PublishesWhatWasCommitted) {
    add("a");
    add("b");
    add("a");
    EXPECT_EQ(published(), (Lines{"counter/a 1", "counter/b 1", "counter/a 2"}));
    EXPECT_EQ(count("gh_outbox where sent_at is null"), 0);
    const auto event = host().published().front();
    EXPECT_EQ(event.type, "counter.changed");
    EXPECT_EQ(event.id.size(), 36U);
    EXPECT_EQ(event.time, to_rfc3339(host().wall_time()));
    EXPECT_EQ(event.json().at("name"), "a");
    EXPECT_GT(event.sequence, 0U);
}

TEST_F(EventsTest, PublishesNothingOfATransactionThatFailed) {
    EXPECT_THROW(database().write([](Transaction& tx) {
        tx.publish_json("counter.changed", kPayload, "counter/a");
        throw std::runtime_error("no");
    }),
                 std::runtime_error);
    EXPECT_EQ(published(), Lines{});
    EXPECT_EQ(count("gh_outbox"), 0);
}

TEST_F(EventsTest, RefusesWhatNoBusWouldTake) {
    const auto publish = [&](const std::string& type, const std::string& json, const std::string& subject) {
        database().write([&](Transaction& tx) { tx.publish_json(type, json, subject); });
    };
    EXPECT_THROW(publish("", kPayload, ""), std::invalid_argument);
    EXPECT_THROW(publish("Counter.changed", kPayload, ""), std::invalid_argument);
    EXPECT_THROW(publish("counter changed", kPayload, ""), std::invalid_argument);
    EXPECT_THROW(publish(std::string(101, 'x'), kPayload, ""), std::invalid_argument);
    EXPECT_THROW(publish("counter.changed", kPayload, std::string(257, 'x')), std::invalid_argument);
    EXPECT_THROW(publish("counter.changed", '"' + std::string(256 * 1024, 'x') + '"', ""), std::invalid_argument);
    EXPECT_THROW(publish("counter.changed", "{not json", "x"), StorageError);
    EXPECT_EQ(count("gh_outbox"), 0);
    publish("counter.changed", kPayload, std::string(256, 'x'));
    EXPECT_EQ(count("gh_outbox"), 1);
}

TEST_F(EventsTest, AnEventMayBeGivenItsIdBefore) {
    database().write([](Transaction& tx) { tx.publish_json("counter.changed", kPayload, "", {}, "my-id"); });
    ASSERT_EQ(host().published().size(), 1U);
    EXPECT_EQ(host().published().front().id, "my-id");
    EXPECT_THROW(database().write([](Transaction& tx) {
        tx.publish_json("counter.changed", kPayload, "", {}, std::string(65, 'x'));
    }),
                 std::invalid_argument);
    EXPECT_THROW(
        database().write([](Transaction& tx) { tx.publish_json("counter.changed", kPayload, "", {}, "my-id"); }),
        UniqueViolation);
}

TEST_F(EventsTest, SentEventsOfATypeAreForgottenBeforeTheOthers) {
    add("a");
    database().write([](Transaction& tx) {
        for (int i = 0; i < 3; ++i) tx.publish_json("code.requested", kPayload, "user/1");
    });
    const auto forget = [&](Time before, int limit) {
        return database().write(
            [&](Transaction& tx) { return Events::forget_sent(tx, "code.requested", before, limit); });
    };
    const Time later = host().wall_time() + std::chrono::seconds(1);
    EXPECT_EQ(forget(later, 10), 0) << "they are not sent yet";
    ASSERT_EQ(host().published().size(), 4U);
    EXPECT_EQ(forget(host().wall_time(), 10), 0);
    EXPECT_EQ(forget(later, 2), 2);
    EXPECT_EQ(forget(later, 10), 1);
    EXPECT_EQ(count("gh_outbox"), 1);
}

TEST_F(EventsTest, PublishesOnlyInAWrite) {
    EXPECT_THROW(database().read([](Transaction& tx) { tx.publish_json("counter.changed", kPayload); }),
                 std::logic_error);
}

TEST_F(EventsTest, ADatabaseWithoutEventsHasNoTablesForThem) {
    DatabaseOptions options;
    options.url = on_postgresql() ? url + "_plain" : "sqlite:" + (directory / "plain.db").string();
    Database plain(options, {});
    plain.open();
    EXPECT_TRUE(plain.migration_status().entries.empty());
    EXPECT_THROW(plain.write([](Transaction& tx) { tx.publish_json("counter.changed", kPayload); }), std::logic_error);
}

TEST_F(EventsTest, MigrationsOfEventsHaveTheirOwnNumbers) {
    const auto before = TestHost(counters::counters_plugin(), R"({"database":")" + url + R"("})", TestHost::Start::no);
    const auto status = host().migration_status();
    ASSERT_EQ(status.size(), 2U);
    EXPECT_EQ(status[0].name, "0001_create_counters");
    EXPECT_EQ(status[1].name, "gh_events/0001_create_events");
    EXPECT_TRUE(status[1].applied);
}

// The first transaction has published and not committed: the second one about the same subject has to wait for it, so
// that the numbers are in the order of the commits.
TEST_F(EventsTest, TransactionsAboutOneSubjectTakeTurns) {
    if (!on_postgresql()) GTEST_SKIP() << "SQLite has one writer";
    Database& shared = database();
    std::promise<void> first_has_published, first_may_commit;
    std::atomic<bool> is_second_through = false;
    std::thread first([&] {
        shared.write([&](Transaction& tx) {
            tx.publish_json("counter.changed", R"({"value":"first"})", "counter/a");
            tx.query("select 1");  // sends what was to run later
            first_has_published.set_value();
            first_may_commit.get_future().wait();
        });
    });
    first_has_published.get_future().wait();
    std::thread second([&] {
        shared.write(
            [&](Transaction& tx) { tx.publish_json("counter.changed", R"({"value":"second"})", "counter/a"); });
        is_second_through = true;
    });
    // Until the server itself says that somebody waits for the subject's lock.
    const auto waiting = [&] {
        return shared.read([](Transaction& tx) {
            return tx.query("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                .one<std::int64_t>();
        });
    };
    while (waiting() == 0) std::this_thread::yield();
    EXPECT_FALSE(is_second_through);
    first_may_commit.set_value();
    first.join();
    second.join();
    EXPECT_EQ(published(), (Lines{R"(counter/a "first")", R"(counter/a "second")"}));
}

// Its number is smaller than one that was sent already.
TEST_F(EventsTest, DoesNotMissATransactionThatCommitsLate) {
    if (!on_postgresql()) GTEST_SKIP() << "SQLite has one writer";
    Database& shared = database();
    std::promise<void> late_has_published, late_may_commit;
    std::thread late([&] {
        shared.write([&](Transaction& tx) {
            tx.publish_json("counter.changed", R"({"value":"late"})", "counter/late");
            tx.query("select 1");  // sends what was to run later
            late_has_published.set_value();
            late_may_commit.get_future().wait();
        });
    });
    late_has_published.get_future().wait();
    add("early");
    EXPECT_EQ(published(), Lines{"counter/early 1"});
    late_may_commit.set_value();
    late.join();
    EXPECT_EQ(published(), (Lines{"counter/early 1", R"(counter/late "late")"}));
}

}  // namespace
}  // namespace gatehouse::events_test

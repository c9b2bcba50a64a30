#include <algorithm>

#include <gatehouse/storage.hpp>

#include "migrations.hpp"

#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class AuditTest : public AdminFixture {};

TEST_F(AuditTest, SaysWhoDidWhatToWhomWhenAndFromWhere) {
    const auto before = host_.wall_time();
    const auto answer = ban(kRoot, 7, R"({"reason":"spam"})");
    const auto entry = send(kRoot, "GET", "/api/admin/audit").json().at("items").at(0);
    EXPECT_EQ(entry.at("actor_id"), 30);
    EXPECT_EQ(entry.at("actor_name"), "root");
    EXPECT_EQ(entry.at("action"), "user.ban");
    EXPECT_EQ(entry.at("target"), "user/7");
    EXPECT_EQ(entry.at("details").at("reason"), "spam");
    EXPECT_EQ(entry.at("details").at("username"), "ann");
    EXPECT_EQ(entry.at("ip"), "203.0.113.9");
    EXPECT_FALSE(entry.at("request_id").as_string().empty());
    EXPECT_EQ(entry.at("at").as_string(), gatehouse::to_rfc3339(before));
}

TEST_F(AuditTest, IsFilteredByAllThatItSays) {
    ban(kRoot, 7);
    const std::string noon = rfc3339_in(std::chrono::seconds(30));
    host_.advance(std::chrono::minutes(1));
    ban(kBoss, 8);
    act(kBoss, 8, "/unban");
    const auto count = [this](const std::string& query) { return audit("?" + query).size(); };
    EXPECT_EQ(count("actor=30"), 1U);
    EXPECT_EQ(count("actor=31"), 2U);
    EXPECT_EQ(count("actor=7"), 0U);
    EXPECT_EQ(count("action=user.ban"), 2U);
    EXPECT_EQ(count("target=user/8"), 2U);
    EXPECT_EQ(count("target=user/8&action=user.ban&actor=31"), 1U);
    EXPECT_EQ(count("from=" + noon), 2U);
    EXPECT_EQ(count("to=" + noon), 1U);
    EXPECT_EQ(count("from=" + noon + "&to=" + noon), 0U);
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/audit?from=noon").error_pointers(), std::vector<std::string>{"?from"});
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/audit?actor=root").error_pointers(), std::vector<std::string>{"?actor"});
}

TEST_F(AuditTest, IsReadInPagesNewestFirst) {
    for (int i = 0; i < 4; ++i) {
        ban(kRoot, 7);
        act(kRoot, 7, "/unban");
    }
    const auto ids = all_ids(kRoot, "/api/admin/audit?limit=3");
    EXPECT_EQ(ids.size(), 8U);
    EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/audit?cursor=forged").status, 422);
}

TEST_F(AuditTest, CannotBeChangedEvenInTheDatabase) {
    ban(kRoot, 7);
    gatehouse::Database database({.url = database_.url(), .service = "audit-test"}, admin::migrations());
    database.open();
    const std::string row = std::to_string(
        database.read([](gatehouse::Transaction& tx) { return tx.query("select id from audit").one<std::int64_t>(); }));
    std::vector<std::string> attempts = {
        "update audit set actor_id = 1", "delete from audit", "delete from audit where id = " + row,
        "insert into audit (id, at, actor_id, actor_name, action, target, details, request_id, address) values (" +
            row + ", 0, 0, '', '', '', '', '', '') on conflict (id) do update set actor_id = 1"};
    const std::string columns =
        " into audit (id, at, actor_id, actor_name, action, target, details, request_id, address)";
    const std::string values = " values (" + row + ", 0, 0, '', '', '', '', '', '')";
    if (database.engine() == gatehouse::Engine::sqlite) {
        attempts.push_back("insert or replace" + columns + values);
    } else {
        attempts.push_back("truncate audit");
    }
    for (const std::string& sql : attempts) {
        EXPECT_THROW(database.write([&](gatehouse::Transaction& tx) { tx.execute(sql); }), gatehouse::StorageError)
            << sql;
    }
    EXPECT_EQ(audit(), std::vector<std::string>{"user.ban user/7"});
}

}  // namespace

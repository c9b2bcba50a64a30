// Made-up reports and what became of them are what this service would have written itself.
#include <map>

#include "sdk/seed/moderation.hpp"
#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

using namespace gatehouse::seed;

class AdminSeedingTest : public AdminFixture {
protected:
    static constexpr Plan kPlan{400, 6'000, 7};

    static std::string plan(const std::string& more = {}) {
        return R"({"users":400,"posts":6000,"seed":7)" + more + "}";
    }
    void write(const std::string& part, std::int64_t count) {
        for (std::int64_t first = 0; first < count; first += 2'000) {
            const auto answer = host_.admin(
                "seed.write", plan(R"(,"part":")" + part + R"(","count":2000,"first":)" + std::to_string(first)));
            EXPECT_EQ(answer.status, GH_OK) << answer.json;
        }
    }
    void write_all() {
        write("reports of posts", kPlan.posts);
        write("reports of people", kPlan.users);
        write("statistics", 1);
    }
    boost::json::array all(const Person& who, const std::string& target) {
        boost::json::array items;
        std::string cursor;
        do {
            const auto page = send(who, "GET", target + cursor).json();
            for (const auto& item : page.at("items").as_array()) items.push_back(item);
            const auto& next = page.at("next_cursor");
            cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
        } while (!cursor.empty());
        return items;
    }

    const People people_{kPlan};
};

TEST_F(AdminSeedingTest, TheAuditLogTellsOfEveryResolvedReportAndOfNothingElse) {
    write_all();
    std::map<std::int64_t, boost::json::object> resolved;
    int open = 0;
    for (const auto& item : all(kMod, "/api/admin/reports?limit=100")) {
        const auto& report = item.as_object();
        EXPECT_NE(report.at("state"), "resolving");
        if (report.at("state") == "open") {
            ++open;
            EXPECT_TRUE(report.at("action").is_null() && report.at("resolved_by").is_null());
        } else {
            resolved[report.at("id").as_int64()] = report;
        }
    }
    EXPECT_GT(open, 3);
    EXPECT_GT(resolved.size(), 50U);
    std::size_t told = 0, removals = 0;
    for (const auto& entry : all(kRoot, "/api/admin/audit?limit=100&action=report.resolve")) {
        const auto& details = entry.at("details");
        for (const auto& id : details.at("reports").as_array()) {
            const auto& report = resolved.at(id.as_int64());
            ++told;
            EXPECT_EQ(report.at("resolved_by"), entry.at("actor_id"));
            EXPECT_EQ(report.at("resolved_by_name"), entry.at("actor_name"));
            EXPECT_EQ(report.at("resolved_at"), entry.at("at"));
            EXPECT_EQ(report.at("action"), details.at("action"));
            EXPECT_EQ(report.at("note"), details.at("note"));
            EXPECT_EQ(report.at("target"), details.at("target"));
            EXPECT_NE(report.at("reporter_id"), entry.at("actor_id"));
            EXPECT_NE(report.at("author_id"), entry.at("actor_id"));
        }
        if (details.at("action") != "remove") continue;
        ++removals;
        const std::string target(details.at("target").as_string());
        EXPECT_EQ(audit("?target=" + target),
                  std::vector<std::string>{target.substr(0, target.find('/')) + ".remove " + target});
    }
    EXPECT_EQ(told, resolved.size());
    EXPECT_GT(removals, 5U);
    EXPECT_TRUE(host_.published().empty()) << "nobody is told";
}

TEST_F(AdminSeedingTest, OpenOnesCanBeResolvedAndOthersCannot) {
    write_all();
    const auto open = all(kMod, "/api/admin/reports?limit=100&state=open");
    ASSERT_FALSE(open.empty());
    const std::int64_t id = open.front().at("id").as_int64();
    EXPECT_EQ(resolve(kMod, id).status, 200);
    EXPECT_EQ(look(id).at("state"), "resolved");
    for (const auto& one : all(kMod, "/api/admin/reports?limit=100&state=resolved")) {
        EXPECT_EQ(resolve(kMia, one.at("id").as_int64()).status, 409) << "somebody else was first";
    }
}

TEST_F(AdminSeedingTest, IsWrittenOnce) {
    write_all();
    const auto reports = all(kMod, "/api/admin/reports?limit=100");
    const auto entries = all(kRoot, "/api/admin/audit?limit=100");
    write_all();
    EXPECT_EQ(all(kMod, "/api/admin/reports?limit=100"), reports);
    EXPECT_EQ(all(kRoot, "/api/admin/audit?limit=100"), entries);
}

TEST_F(AdminSeedingTest, ADatabaseInUseIsRefusedUnlessOneSaysAppend) {
    EXPECT_EQ(host_.admin("seed.plan", plan()).status, GH_OK);
    report(kBob, "post/100");
    EXPECT_NE(host_.admin("seed.plan", plan()).status, GH_OK);
    EXPECT_EQ(host_.admin("seed.plan", plan(R"(,"append":true)")).status, GH_OK);
}

}  // namespace

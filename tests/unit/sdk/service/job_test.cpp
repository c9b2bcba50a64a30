#include <gatehouse/service.hpp>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;
using gatehouse::testing::TestHost;

struct Mop {
    void wipe(const JobRun& run) { tokens.push_back(run.token()); }
    static inline std::vector<std::uint64_t> tokens;
};

class Cleaner final : public Service {
public:
    explicit Cleaner(Context& context) {
        context.every("hourly", 1h, &Cleaner::clean_up);
        context.every("first", 1h, [this] { ++first_; }).at_start().jitter(0ms);
        context.every("wipe", 24h, mop_, &Mop::wipe);
        context.get("/first", [this] { return first_; });
    }
    void clean_up() {
        ++runs;
        if (on_run) on_run();
    }
    static inline int runs = 0;
    static inline std::function<void()> on_run;

private:
    Mop mop_;
    int first_ = 0;
};

class JobTest : public ::testing::Test {
protected:
    JobTest() {
        Cleaner::runs = 0;
        Cleaner::on_run = nullptr;
        Mop::tokens.clear();
        host = std::make_unique<TestHost>(plugin_table<Cleaner>("cleaner", "1.0.0"));
    }
    std::unique_ptr<TestHost> host;
};

TEST_F(JobTest, RunsEveryIntervalAndNotBefore) {
    host->advance(53min);
    EXPECT_EQ(Cleaner::runs, 0);
    host->advance(7min);
    EXPECT_EQ(Cleaner::runs, 1);
    for (int i = 0; i < 9; ++i) host->advance(1h);
    EXPECT_GE(Cleaner::runs, 10);
    EXPECT_LE(Cleaner::runs, 11);  // up to a tenth early, each
}

TEST_F(JobTest, RunsAtStartWhenToldTo) {
    host->advance(1ms);
    EXPECT_EQ(host->request("GET", "/first").send().body, "1");
    host->advance(1h);
    EXPECT_EQ(host->request("GET", "/first").send().body, "2");
}

TEST_F(JobTest, CountsAndTimesItsRuns) {
    host->advance(1h);
    EXPECT_EQ(host->metric("job_runs_total", {"hourly", "ok"}), 1);
    EXPECT_EQ(host->metric("job_runs_total", {"hourly", "failed"}), 0);
}

TEST_F(JobTest, AFailureIsLoggedAndTheNextRunComes) {
    Cleaner::on_run = [] { throw std::runtime_error("no water"); };
    host->advance(1h);
    EXPECT_EQ(host->metric("job_runs_total", {"hourly", "failed"}), 1);
    bool is_logged = false;
    for (const auto& line : host->logs())
        is_logged |= line.field("job") == "hourly" && line.field("error") == "no water";
    EXPECT_TRUE(is_logged);
    Cleaner::on_run = nullptr;
    host->advance(1h);
    EXPECT_EQ(host->metric("job_runs_total", {"hourly", "ok"}), 1);
}

TEST_F(JobTest, DoesNotRunWhileSomebodyElseHoldsItsLease) {
    host->take_lease("job/hourly");
    for (int i = 0; i < 5; ++i) host->advance(1h);
    EXPECT_EQ(Cleaner::runs, 0);
    host->give_back_lease("job/hourly");
    host->advance(1h);
    EXPECT_EQ(Cleaner::runs, 1);
}

TEST_F(JobTest, GoesOnWhereTheLastHolderLeftOff) {
    host->advance(1h);
    EXPECT_EQ(Cleaner::runs, 1);
    host->take_lease("job/hourly");
    const auto half_an_hour_ago = std::chrono::duration_cast<std::chrono::milliseconds>(30min).count();
    host->set_kv("gatehouse.job/hourly", std::to_string(to_unix_ms(host->wall_time()) - half_an_hour_ago));
    host->give_back_lease("job/hourly");
    host->advance(23min);
    EXPECT_EQ(Cleaner::runs, 1);
    host->advance(7min);
    EXPECT_EQ(Cleaner::runs, 2);
}

TEST_F(JobTest, RunsAtOnceWhatIsOverdue) {
    host->set_kv("gatehouse.job/wipe", "1000");
    host->take_lease("job/wipe");
    host->give_back_lease("job/wipe");
    host->advance(1ms);
    EXPECT_EQ(Mop::tokens.size(), 1u);
}

TEST_F(JobTest, LaterHoldersHaveLargerTokens) {
    host->advance(24h);
    host->take_lease("job/wipe");
    host->give_back_lease("job/wipe");
    host->advance(24h);
    ASSERT_EQ(Mop::tokens.size(), 2u);
    EXPECT_GT(Mop::tokens[1], Mop::tokens[0]);
}

TEST_F(JobTest, RunsThoughTheStoreDoesNotAnswer) {
    host->fail_kv(GH_E_UNAVAILABLE);
    host->take_lease("job/hourly");
    host->give_back_lease("job/hourly");
    host->advance(1h);
    EXPECT_EQ(Cleaner::runs, 1);
}

TEST_F(JobTest, WaitsForAStoreThatAnswersLater) {
    host->answer_kv_later(true);
    host->take_lease("job/hourly");
    host->give_back_lease("job/hourly");
    host->advance(1h);
    EXPECT_EQ(Cleaner::runs, 1);
}

class BadJobs final : public Service {
public:
    explicit BadJobs(Context& context) {
        EXPECT_THROW(context.every("", 1h, [] {}), std::logic_error);
        EXPECT_THROW(context.every(std::string(101, 'n'), 1h, [] {}), std::logic_error);
        EXPECT_THROW(context.every("never", 0ms, [] {}), std::logic_error);
        context.every("twice", 1h, [] {});
        EXPECT_THROW(context.every("twice", 1h, [] {}), std::logic_error);
    }
};

TEST(BadJobsTest, AreRefused) { TestHost host(plugin_table<BadJobs>("bad", "1.0.0")); }

}  // namespace

#include "gateway/observe/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "gateway/base/time.hpp"
#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::observe {
namespace {

namespace fs = std::filesystem;

class LoggerTest : public testing::Test {
protected:
    Logger::Options options() const {
        Logger::Options result;
        result.to = Logger::Target::file;
        result.file = file_;
        return result;
    }
    std::vector<boost::json::value> lines() const {
        std::vector<boost::json::value> result;
        std::ifstream input(file_);
        for (std::string line; std::getline(input, line);) result.push_back(boost::json::parse(line));
        return result;
    }
    const TestDirectory directory_;
    const fs::path file_ = directory_.path() / "gateway.log";
};

TEST_F(LoggerTest, WritesFieldsAsJson) {
    {
        Logger logger(options());
        logger.warn(
            "endpoint \"a\" ejected\n",
            {{"upstream", "users"}, {"failures", 3}, {"share", 0.5}, {"last", true}, {"min", std::int64_t{-1}}});
    }
    const auto all = lines();
    ASSERT_EQ(all.size(), 1u);
    const auto& line = all[0].as_object();
    EXPECT_EQ(line.at("level"), "warn");
    EXPECT_EQ(line.at("message"), "endpoint \"a\" ejected\n");
    EXPECT_EQ(line.at("upstream"), "users");
    EXPECT_EQ(line.at("failures"), 3);
    EXPECT_EQ(line.at("share"), 0.5);
    EXPECT_EQ(line.at("last"), true);
    EXPECT_EQ(line.at("min"), -1);
}

TEST_F(LoggerTest, NeverWritesRedactedValues) {
    auto redacting = options();
    redacting.redact = {"x-partner-id"};
    {
        Logger logger(redacting);
        logger.error(
            "refused",
            {{"authorization", "canary"}, {"X_Partner_Id", "canary"}, {"new_password", "canary"}, {"path", "/"}});
    }
    const auto all = lines();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(boost::json::serialize(all[0]).find("canary"), std::string::npos);
    EXPECT_EQ(all[0].at("path"), "/");
}

TEST_F(LoggerTest, LeavesOutWhatIsBelowItsLevel) {
    {
        Logger logger(options());
        logger.debug("quiet");
        logger.set_level(LogLevel::debug);
        logger.debug("loud");
        EXPECT_FALSE(logger.enabled(LogLevel::trace));
    }
    EXPECT_EQ(lines().size(), 1u);
}

TEST_F(LoggerTest, DropsAndCountsWhenTheOutputBlocks) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    auto blocked = options();
    blocked.file = "/dev/fd/" + std::to_string(ends[1]);
    blocked.queue_lines = 64;
    {
        Logger logger(blocked);
        const std::string text(1000, 'x');
        for (int i = 0; i < 2000; ++i) logger.info(text);
        EXPECT_GT(logger.dropped(), 1000u);
    }
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(LoggerTest, TakesLinesFromManyThreads) {
    {
        Logger logger(options());
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&logger, thread] {
                for (int i = 0; i < 500; ++i) logger.info("line", {{"thread", thread}, {"i", i}});
            });
        }
        for (auto& thread : threads) thread.join();
        EXPECT_EQ(logger.dropped(), 0u);
    }
    EXPECT_EQ(lines().size(), 2000u);
}

TEST(SilentLogger, IsOff) {
    Logger::Options options;
    options.to = Logger::Target::none;
    Logger logger(options);
    logger.error("nobody reads this");
    EXPECT_FALSE(logger.enabled(LogLevel::error));
    EXPECT_EQ(logger.dropped(), 0u);
}

}  // namespace
}  // namespace gatehouse::observe

#include "gateway/observe/access_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/support/test_directory.hpp"

namespace gatehouse::observe {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

AccessRecord example() {
    AccessRecord record;
    record.request_id = "0190-1";
    record.client = "192.0.2.7";
    record.method = "GET";
    record.path = "/api/users/7";
    record.query = "page=2&token=geheim";
    record.has_query = true;
    record.status = 200;
    record.route = "users";
    record.service = "users";
    record.generation = 3;
    record.user = "u-1";
    record.bytes_in = 12;
    record.bytes_out = 345;
    record.duration = std::chrono::microseconds(678);
    return record;
}

class AccessLogFile : public testing::Test {
protected:
    AccessLog::Options to_file() const {
        AccessLog::Options options;
        options.to = Output::Target::file;
        options.file = file_;
        return options;
    }
    // Lets the loop run what is due, timers included, until `done`.
    template <class Done>
    void run_until(Done done) {
        const auto limit = Clock::now() + 10s;
        while (!done() && Clock::now() < limit) loop_.context().run_one_for(10ms);
    }

    const TestDirectory temporary_;
    const fs::path directory_ = temporary_.path();
    fs::path file_ = directory_ / "access.log";
    IoLoop loop_{0};
};

TEST(AccessLogLine, HasAllFactsAndNoSecret) {
    std::string line;
    append_access_line(line, example(), std::chrono::milliseconds(1'700'000'000'123));
    EXPECT_EQ(line, R"({"time":"2023-11-14T22:13:20.123Z","request_id":"0190-1","client":"192.0.2.7","method":"GET",)"
                    R"("path":"/api/users/7?page=2&token=[redacted]","status":200,"route":"users","service":"users",)"
                    R"("generation":3,"user":"u-1","bytes_in":12,"bytes_out":345,"duration_us":678})"
                    "\n");
}

TEST(AccessLogLine, CannotBeBrokenByAClient) {
    AccessRecord record = example();
    record.method = "GET\"\n{\"forged\":1}";
    record.path = "/\xff\xfe\r\n\x1b[2J";
    record.query = "\"}\n{\"x\":1}";
    record.request_id = "a\\";
    std::string line;
    append_access_line(line, record, std::chrono::milliseconds(0));
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    const auto value = boost::json::parse(line);
    EXPECT_EQ(value.at("method"), "GET\"\n{\"forged\":1}");
    EXPECT_EQ(value.as_object().size(), 13u);
}

TEST(AccessLogLine, CutsWhatIsEndless) {
    AccessRecord record = example();
    const std::string longest(100'000, '\x01');
    record.path = record.query = record.user = record.method = record.request_id = record.client = longest;
    std::string line;
    append_access_line(line, record, std::chrono::milliseconds(0));
    EXPECT_LT(line.size(), 64u * 1024);
    boost::json::parse(line);
}

TEST_F(AccessLogFile, WritesWhatStopFindsInTheBuffers) {
    AccessLog log(to_file(), {&loop_});
    log.write(loop_, example());
    EXPECT_EQ(read_file(file_), "");
    log.stop();
    EXPECT_NE(read_file(file_).find("\"request_id\":\"0190-1\""), std::string::npos);
    log.write(loop_, example());  // ignored from now on
}

TEST_F(AccessLogFile, HandsOverAfterAWhile) {
    AccessLog log(to_file(), {&loop_});
    log.write(loop_, example());
    run_until([this] { return !read_file(file_).empty(); });
    EXPECT_NE(read_file(file_), "");
}

TEST_F(AccessLogFile, KeepsEveryLineInOrderUnderLoad) {
    constexpr int kLines = 5000;
    {
        AccessLog log(to_file(), {&loop_});
        for (int i = 0; i < kLines; ++i) {
            AccessRecord record = example();
            const std::string id = std::to_string(i);
            record.request_id = id;
            log.write(loop_, record);
            if (i % 500 == 0) {
                run_until([&] { return log.backlog() == 0; });
            }
        }
        log.stop();
        EXPECT_EQ(log.dropped(), 0u);
    }
    std::ifstream lines(file_);
    std::string line;
    for (int i = 0; i < kLines; ++i) {
        ASSERT_TRUE(std::getline(lines, line));
        EXPECT_EQ(boost::json::parse(line).at("request_id").as_string(), std::to_string(i));
    }
}

TEST_F(AccessLogFile, OpensTheFileAgainAfterRotation) {
    AccessLog log(to_file(), {&loop_});
    log.write(loop_, example());
    log.flush(loop_);
    run_until([this] { return !read_file(file_).empty(); });
    fs::rename(file_, directory_ / "access.log.1");
    log.reopen();
    log.write(loop_, example());
    log.stop();
    EXPECT_NE(read_file(file_), "");
}

// The loop goes on, memory stays bounded and the loss is counted when nobody reads the pipe.
TEST_F(AccessLogFile, DropsAndCountsWhenTheOutputBlocks) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    AccessLog::Options options = to_file();
    options.file = "/dev/fd/" + std::to_string(ends[1]);
    options.backlog = 4;
    constexpr std::uint64_t kLines = 20'000;
    AccessLog log(options, {&loop_});
    for (std::uint64_t i = 0; i < kLines; ++i) log.write(loop_, example());
    EXPECT_GT(log.dropped(), kLines / 2);
    EXPECT_LE(log.backlog(), 4u);
    const auto before = Clock::now();
    log.stop();
    EXPECT_LT(Clock::now() - before, 4s);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(AccessLogFile, IsSilentWithoutATarget) {
    AccessLog::Options options;
    options.to = Output::Target::none;
    AccessLog log(options, {&loop_});
    log.write(loop_, example());
    log.stop();
    EXPECT_EQ(log.dropped(), 0u);
}

}  // namespace
}  // namespace gatehouse::observe

#include "gateway/host/crash_report.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/signal_text.hpp"

extern char** environ;

namespace gatehouse::host {
namespace {

struct Crash {
    int status = 0;  // as from waitpid
    std::string standard_error, report, history;
    bool says(const std::string& pattern) const { return std::regex_search(report, std::regex(pattern)); }
};

class CrashReportTest : public ::testing::Test {
protected:
    CrashReportTest() {
        folder_ = (std::filesystem::temp_directory_path() / "gatehouse-crash-XXXXXX").string();
        if (::mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
        const rlimit no_core{0, 0};  // inherited by the children
        ::setrlimit(RLIMIT_CORE, &no_core);
    }
    ~CrashReportTest() override { std::filesystem::remove_all(folder_); }

    Crash crash(const std::string& path, const std::string& config = "{}") {
        const std::string report = folder_ + "/report", history = folder_ + "/history", error = folder_ + "/stderr";
        std::string arguments[] = {CRASH_PROGRAM, report, history, path, config};
        char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                        arguments[3].data(), arguments[4].data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        pid_t child = 0;
        Crash result;
        EXPECT_EQ(::posix_spawn(&child, CRASH_PROGRAM, &actions, nullptr, argv, environ), 0);
        EXPECT_EQ(::waitpid(child, &result.status, 0), child);
        posix_spawn_file_actions_destroy(&actions);
        result.standard_error = read(error);
        result.report = read(report);
        result.history = read(history);
        return result;
    }

    static std::string read(const std::string& file) {
        std::ostringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }

    std::string folder_;
};

constexpr char kWho[] =
    "service=bad\\.service plugin=test\\.trouble version=4\\.5\\.6 build-id=[0-9a-f]{8,} generation=1\n";

TEST_F(CrashReportTest, NamesWhatTheThreadWasDoing) {
    if (!has_crash_report()) GTEST_SKIP() << "a sanitizer reports crashes in this build";
    const std::string request = "request=request-0123456789abcdef-0123456789abcdef\n";
    const struct {
        const char* path;
        const char* config;
        int signal;
        std::string doing;
        const char* thread;
    } cases[] = {
        {"/crash/null", "{}", SIGSEGV, "doing=handler route=GET /crash/\\{how\\} " + request, "gh-test-1"},
        {"/crash/abort", "{}", SIGABRT, "doing=handler route=GET /crash/\\{how\\} " + request, "gh-test-1"},
        {"/crash/deep", "{}", SIGSEGV, "doing=handler route=GET /crash/\\{how\\} " + request, "gh-test-1"},
        {"/crash-blocking/null", "{}", SIGSEGV, "doing=handler route=GET /crash-blocking/\\{how\\} " + request,
         "gh-bad\\.service"},
        {"/crash-blocking/deep", "{}", SIGSEGV, "doing=handler route=GET /crash-blocking/\\{how\\} " + request,
         "gh-bad\\.service"},
        {"/crash/timer", "{}", SIGSEGV, "doing=timer\n", "gh-test-1"},
        {"/crash/post", "{}", SIGSEGV, "doing=post\n", "gh-test-1"},
        {"/crash/offload", "{}", SIGSEGV, "doing=offload\n", "gh-bad\\.service"},
        {"", R"({"crash": "create"})", SIGSEGV, "doing=create\n", "[^ ]+"},
        {"", R"({"crash": "start"})", SIGSEGV, "doing=start\n", "[^ ]+"},
        {"", R"({"crash": "destroy"})", SIGSEGV, "doing=destroy\n", "[^ ]+"},
#if defined(__x86_64__)
        {"/crash/divide", "{}", SIGFPE, "doing=handler route=GET /crash/\\{how\\} " + request, "gh-test-1"},
#endif
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(std::string(each.path) + each.config);
        std::filesystem::remove(folder_ + "/report");
        const Crash crashed = crash(each.path, each.config);
        ASSERT_TRUE(WIFSIGNALED(crashed.status)) << crashed.standard_error;
        EXPECT_EQ(WTERMSIG(crashed.status), each.signal);
        EXPECT_TRUE(crashed.says(kWho)) << crashed.report;
        EXPECT_TRUE(crashed.says(each.doing)) << crashed.report;
        EXPECT_TRUE(crashed.says(std::string("thread=") + each.thread + " tid=[0-9]+\n")) << crashed.report;
        EXPECT_NE(crashed.standard_error.find(crashed.report), std::string::npos) << crashed.standard_error;
    }
}

TEST_F(CrashReportTest, ShowsWhereInThePluginsFileItHappened) {
    if (!has_crash_report()) GTEST_SKIP() << "a sanitizer reports crashes in this build";
    const Crash crashed = crash("/crash/null");
    EXPECT_TRUE(crashed.says("#0 [^ ]*/bad\\.service-1[^ /]*\\.so\\+0x[0-9a-f]+\n")) << crashed.report;
    EXPECT_TRUE(crashed.says("#[1-9] gatehouse\\+0x[0-9a-f]+\n")) << crashed.report;
}

TEST_F(CrashReportTest, NamesThePluginOfAThreadThatThePluginStartedItself) {
    if (!has_crash_report()) GTEST_SKIP() << "a sanitizer reports crashes in this build";
    const Crash crashed = crash("/crash-blocking/thread");
    EXPECT_TRUE(crashed.says(kWho)) << crashed.report;
    EXPECT_FALSE(crashed.says("doing=")) << crashed.report;
    EXPECT_FALSE(crashed.history.empty());
}

TEST_F(CrashReportTest, AppendsALineToTheHistory) {
    if (!has_crash_report()) GTEST_SKIP() << "a sanitizer reports crashes in this build";
    crash("/crash/null");
    const Crash crashed = crash("/crash/null");
    std::istringstream lines(crashed.history);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        std::istringstream words(line);
        std::int64_t seconds = 0;
        std::string service, version, build_id;
        words >> seconds >> service >> version >> build_id;
        EXPECT_LE(std::abs(seconds - static_cast<std::int64_t>(std::time(nullptr))), 120);
        EXPECT_EQ(service, "bad.service");
        EXPECT_EQ(version, "4.5.6");
        EXPECT_FALSE(build_id.empty());
    }
    EXPECT_EQ(count, 2);
}

TEST_F(CrashReportTest, LeavesASanitizersReportAlone) {
    if (has_crash_report()) GTEST_SKIP() << "no sanitizer in this build";
    const Crash crashed = crash("/crash/null");
    EXPECT_NE(crashed.status, 0);
    const bool is_reported = crashed.standard_error.find("Sanitizer") != std::string::npos ||
                             crashed.standard_error.find("runtime error:") != std::string::npos;  // UBSan comes first
    EXPECT_TRUE(is_reported) << crashed.standard_error;
    EXPECT_EQ(crashed.report, "");
}

TEST_F(CrashReportTest, SaysNothingWhenNothingCrashes) {
    const Crash crashed = crash("/fine");
    EXPECT_EQ(crashed.status, 0) << crashed.standard_error;
    EXPECT_EQ(crashed.report, "");
    EXPECT_EQ(crashed.history, "");
}

TEST(SignalTextTest, WritesNumbersAndBlotsOutWhatIsNotPrintable) {
    SignalText text;
    (text << "a=").decimal(0);
    (text << " b=").decimal(18'446'744'073'709'551'615u);
    (text << " c=").hex(0xdeadbeef);
    (text << " d=").foreign("x y\n\x1b[31m\xff");
    (text << " e=").foreign("");
    EXPECT_EQ(text.text(), "a=0 b=18446744073709551615 c=0xdeadbeef d=x?y??[31m? e=-");
}

TEST(SignalTextTest, LeavesOutWhatDoesNotFit) {
    SignalText text;
    for (int i = 0; i < 100'000; ++i) text << "x";
    EXPECT_EQ(text.text().size(), 4096u);
}

}  // namespace
}  // namespace gatehouse::host

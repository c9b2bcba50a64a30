// The tests of the reload can fail: without a drain, without a fence, or with operations that are counted too short,
// the same program crashes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

extern char** environ;

namespace {

// As from waitpid.
int run(const std::string& host, const std::string& scenario) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    std::string program = std::string(CONTROL_DIRECTORY) + "/control_" + host;
    std::string argument = scenario;
    char* argv[] = {program.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int status = -1;
    EXPECT_EQ(::posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ), 0);
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

TEST(NegativeControlTest, TheWholeHostSurvivesEachScenario) {
    EXPECT_EQ(run("intact", "drain"), 0);
    EXPECT_EQ(run("intact", "fence"), 0);
    EXPECT_EQ(run("intact", "count"), 0);
}

TEST(NegativeControlTest, AHostThatDoesNotDrainFails) { EXPECT_NE(run("no_drain", "drain"), 0); }

TEST(NegativeControlTest, AHostWithoutAFenceFails) { EXPECT_NE(run("no_fence", "fence"), 0); }

TEST(NegativeControlTest, AHostThatCountsOperationsTooShortFailsWithoutAFence) {
    EXPECT_EQ(run("no_fence", "count"), 0);  // the count by itself is enough
    EXPECT_NE(run("early_count", "count"), 0);
}

}  // namespace

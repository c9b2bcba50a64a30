#include "gateway/abi_test/runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace gatehouse::abi_test {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr auto kRuleTimeout = 600s;
#else
constexpr auto kRuleTimeout = 180s;
#endif
constexpr int kChildDescriptor = 3;

// All that the child writes until it ends or the time is over; false: it is still running.
bool read_all(int descriptor, int child, std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + kRuleTimeout;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waits[] = {{descriptor, POLLIN, 0}, {child, POLLIN, 0}};
        if (left.count() <= 0 || ::poll(waits, 2, static_cast<int>(left.count())) <= 0) return false;
        if (waits[0].revents == 0) return true;  // ended, though a child of its own still holds the pipe
        const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
        if (size <= 0) return true;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

// Lines beginning with F (found), S (skipped) and D (done).
bool read_report(const std::string& text, Verdict& verdict) {
    bool is_done = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at + 1, end - at - 1);
        if (text[at] == 'F') {
            if (verdict.kind != Verdict::Kind::failed) verdict.reasons.clear();
            verdict.kind = Verdict::Kind::failed;
        }
        if (text[at] == 'S' && verdict.kind == Verdict::Kind::ok) {
            verdict.kind = Verdict::Kind::skipped;
            verdict.reasons.push_back(line);
        }
        if (text[at] == 'F') verdict.reasons.push_back(line);
        is_done = is_done || text[at] == 'D';
        at = end + 1;
    }
    return is_done;
}

pid_t spawn_child(const Rule& rule, const Bench::Options& options, int write_end) {
    const std::string iterations = std::to_string(options.iterations);
    const std::string plugin = options.plugin.string();
    std::array<const char*, 10> arguments{"gatehouse-abi-test",
                                          plugin.c_str(),
                                          "--config",
                                          options.config.c_str(),
                                          "--iterations",
                                          iterations.c_str(),
                                          "--child",
                                          rule.name,
                                          nullptr};
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, write_end, kChildDescriptor);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t child = -1;
    const int error =
        ::posix_spawn(&child, "/proc/self/exe", &actions, &attributes, const_cast<char**>(arguments.data()), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    return error == 0 ? child : -1;
}

void explain_end(int status, bool is_done, Verdict& verdict) {
    if (WIFSIGNALED(status)) {
        const char* const name = ::sigabbrev_np(WTERMSIG(status));
        verdict.reasons.push_back(std::string("crashes with SIG") + (name != nullptr ? name : "?"));
    } else if (verdict.kind == Verdict::Kind::ok && !is_done) {
        verdict.reasons.push_back("ends the process with status " + std::to_string(WEXITSTATUS(status)));
    } else {
        return;
    }
    verdict.kind = Verdict::Kind::failed;
}

}  // namespace

Verdict run_in_child(const Rule& rule, const Bench::Options& options) {
    Verdict verdict{Verdict::Kind::ok, rule.name, {}};
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {Verdict::Kind::failed, rule.name, {"cannot make a pipe"}};
    const pid_t child = spawn_child(rule, options, ends[1]);
    ::close(ends[1]);
    std::string text;
    const int watch = child > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, child, 0)) : -1;
    const bool has_ended = child > 0 && read_all(ends[0], watch, text);
    ::close(ends[0]);
    ::close(watch);
    if (child <= 0) return {Verdict::Kind::failed, rule.name, {"cannot start a process"}};
    if (!has_ended) ::kill(child, SIGKILL);
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    ::kill(-child, SIGKILL);  // what the plugin may have forked; the group is still ours: its leader is not reaped
    int status = 0;
    ::waitpid(child, &status, 0);
    const bool is_done = read_report(text, verdict);
    if (!has_ended) {
        verdict.kind = Verdict::Kind::failed;
        verdict.reasons.emplace_back("is still running after three minutes");
    } else {
        explain_end(status, is_done, verdict);
    }
    return verdict;
}

int run_here(const Rule& rule, const Bench::Options& options, int descriptor) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    Findings findings(descriptor, rule.name);
    GuardedMemory memory(descriptor);
    {
        Bench bench(options, findings, memory, rule.name);
        rule.check(bench);
    }
    [[maybe_unused]] const ssize_t written = ::write(descriptor, "D\n", 2);
    // What a sanitizer or a destructor of the plugin's libraries has to say at exit belongs to no rule.
    ::_exit(findings.is_empty() ? 0 : 1);
}

}  // namespace gatehouse::abi_test

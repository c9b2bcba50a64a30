#include "gateway/supervise/launch.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "gateway/supervise/messages.hpp"

namespace gatehouse::supervise {

namespace {

constexpr int kBacklog = 4096;
// Above everything that the child is given, so that no number is overwritten before it was copied.
constexpr int kLowestOwn = 16;

Error failure(const std::string& what, int number = errno) { return Error{what + ": " + std::strerror(number)}; }

Descriptor move_up(int descriptor) {
    Descriptor low(descriptor);
    return Descriptor(::fcntl(low.get(), F_DUPFD_CLOEXEC, kLowestOwn));
}

// File actions and attributes of posix_spawn; freed with it.
class SpawnPlan final {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void place(int descriptor, int as) { ::posix_spawn_file_actions_adddup2(&actions_, descriptor, as); }
    void close_from(int descriptor) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, descriptor); }
    void isolate() {
        sigset_t none, defaults;
        ::sigemptyset(&none);
        ::sigemptyset(&defaults);
        for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2}) {
            ::sigaddset(&defaults, number);
        }
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    int run(pid_t& pid, const std::string& program, const std::vector<std::string>& arguments) {
        std::vector<char*> pointers;
        for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
        pointers.push_back(nullptr);
        return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers.data(), environ);
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<Descriptor> listen_at(const std::string& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof(address.sun_path)) return Error{"the path of a socket is too long: " + path};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return failure("no socket for a child process");
    ::unlink(path.c_str());
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(socket.get(), kBacklog) != 0) {
        return failure("cannot listen on " + path);
    }
    return socket;
}

Result<Launched> launch(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const Descriptor& listening) {
    std::array<int, 2> pair{}, pipe{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return failure("no socket pair");
    Launched launched;
    launched.control = move_up(pair[0]);
    const Descriptor theirs = move_up(pair[1]);
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return failure("no pipe");
    launched.output = move_up(pipe[0]);
    const Descriptor written = move_up(pipe[1]);
    const Descriptor socket(::fcntl(listening.get(), F_DUPFD_CLOEXEC, kLowestOwn));
    if (!launched.control || !theirs || !launched.output || !written || !socket) return failure("no descriptor");
    ::fcntl(launched.control.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(launched.output.get(), F_SETFL, O_NONBLOCK);

    const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    SpawnPlan plan;
    plan.place(nothing.get(), STDIN_FILENO);
    plan.place(written.get(), STDOUT_FILENO);
    plan.place(written.get(), STDERR_FILENO);
    plan.place(theirs.get(), kControlDescriptor);
    plan.place(socket.get(), kListenDescriptor);
    plan.close_from(kListenDescriptor + 1);
    plan.isolate();
    if (const int number = plan.run(launched.pid, program.string(), arguments); number != 0) {
        return failure("cannot start " + program.string(), number);
    }
    launched.process = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, launched.pid, 0)));
    if (!launched.process) {
        const Error error = failure("cannot watch a child process");
        ::kill(launched.pid, SIGKILL);
        ::waitpid(launched.pid, nullptr, 0);
        return error;
    }
    return launched;
}

}  // namespace gatehouse::supervise

#include "gateway/observe/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace gatehouse::observe {

namespace {

using std::chrono::steady_clock;

int descriptor_of(Output::Target target) {
    switch (target) {
        case Output::Target::standard_output: return STDOUT_FILENO;
        case Output::Target::standard_error: return STDERR_FILENO;
        case Output::Target::file:
        case Output::Target::none: return -1;
    }
    return -1;
}

bool is_regular(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// After poll() has promised room, this much goes into a pipe without waiting; sockets are told not to wait.
ssize_t write_without_waiting(int descriptor, std::string_view text) {
    const std::size_t size = std::min<std::size_t>(text.size(), PIPE_BUF);
    const ssize_t sent = ::send(descriptor, text.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? ::write(descriptor, text.data(), size) : sent;
}

}  // namespace

Output::Output(Target target, std::string file)
    : target_(target),
      file_(std::move(file)),
      descriptor_(descriptor_of(target)),
      give_up_at_(steady_clock::time_point::max().time_since_epoch().count()) {
    if (target_ == Target::file) open_file();
}

Output::Output(int descriptor)
    : target_(Target::standard_output),
      descriptor_(descriptor),
      give_up_at_(steady_clock::time_point::max().time_since_epoch().count()) {}

Output::~Output() {
    if (target_ == Target::file && descriptor_ >= 0) ::close(descriptor_);
}

void Output::give_up_at(steady_clock::time_point when) {
    give_up_at_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
}

// Keeps the old file when the new one cannot be opened.
void Output::open_file() {
    const int opened = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
    if (opened < 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = opened;
}

bool Output::wait_until_writable() const {
    constexpr int kSliceMilliseconds = 50;
    while (true) {
        pollfd wanted{descriptor_, POLLOUT, 0};
        const int ready = ::poll(&wanted, 1, kSliceMilliseconds);
        if (ready > 0) return (wanted.revents & POLLOUT) != 0;
        if (ready < 0 && errno != EINTR) return false;
        if (steady_clock::now().time_since_epoch().count() >= give_up_at_.load(std::memory_order_relaxed)) return false;
    }
}

bool Output::write(std::string_view text) {
    if (target_ == Target::none) return true;
    if (target_ == Target::file && reopen_.exchange(false, std::memory_order_relaxed)) open_file();
    if (descriptor_ < 0) return false;
    const bool regular = is_regular(descriptor_);
    while (!text.empty()) {
        if (!regular && !wait_until_writable()) return false;
        const ssize_t written =
            regular ? ::write(descriptor_, text.data(), text.size()) : write_without_waiting(descriptor_, text);
        if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace gatehouse::observe

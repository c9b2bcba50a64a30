#include "gateway/base/private_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace gatehouse {

namespace {

constexpr const char* kLockName = ".lock";
constexpr std::time_t kMakingSeconds = 60;  // without a lock: it may just be being made
constexpr int kAttempts = 8;                // somebody who removes old ones may have met a new one

Error failure(const std::string& what) { return Error{what + ": " + std::strerror(errno)}; }

// Empty, or why the parent will not do.
std::string prepare_parent(const std::filesystem::path& parent) {
    std::error_code error;
    if (parent.has_parent_path()) std::filesystem::create_directories(parent.parent_path(), error);
    if (::mkdir(parent.c_str(), 0700) != 0 && errno != EEXIST) {
        return "cannot create " + parent.string() + ": " + std::strerror(errno);
    }
    struct stat found {};
    if (::lstat(parent.c_str(), &found) != 0) return "cannot look at " + parent.string() + ": " + std::strerror(errno);
    const bool is_own = found.st_uid == ::geteuid() && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    const bool is_sticky = (found.st_mode & S_ISVTX) != 0;
    if (S_ISDIR(found.st_mode) && (is_own || is_sticky)) return {};
    return parent.string() +
           " is not a directory that only this user can write to; remove it, or set TMPDIR to another";
}

int open_locked(const std::filesystem::path& directory, int flags) {
    const int lock = ::open((directory / kLockName).c_str(), flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) return lock;
    struct stat now {};
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && ::fstat(lock, &now) == 0 && now.st_nlink != 0) return lock;
    ::close(lock);
    errno = EWOULDBLOCK;
    return -1;
}

void remove_if_left(const std::filesystem::path& directory) {
    struct stat found {};
    if (::lstat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != ::geteuid()) return;
    const int lock = open_locked(directory, 0);
    const bool was_never_locked = lock < 0 && errno == ENOENT && std::time(nullptr) - found.st_mtime > kMakingSeconds;
    if (lock < 0 && !was_never_locked) return;
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    if (lock >= 0) ::close(lock);
}

void remove_left_ones(const std::filesystem::path& parent, const std::string& prefix) {
    std::error_code error;
    for (std::filesystem::directory_iterator each(parent, error), end; !error && each != end; each.increment(error)) {
        if (each->path().filename().string().starts_with(prefix)) remove_if_left(each->path());
    }
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::create(const std::filesystem::path& parent, const std::string& kind) {
    if (std::string why = prepare_parent(parent); !why.empty()) return Error{std::move(why)};
    remove_left_ones(parent, kind + "-");
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        std::string name = (parent / (kind + "-" + std::to_string(::getpid()) + "-XXXXXX")).string();
        if (::mkdtemp(name.data()) == nullptr) return failure("cannot create " + name);
        const int lock = open_locked(name, O_CREAT);
        if (lock >= 0) return PrivateDirectory(name, lock);
        if (errno != EWOULDBLOCK && errno != ENOENT) return failure("cannot lock " + name);
    }
    return Error{"cannot create a directory of its own in " + parent.string()};
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

PrivateDirectory::~PrivateDirectory() {
    if (lock_ < 0) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    ::close(lock_);
}

}  // namespace gatehouse

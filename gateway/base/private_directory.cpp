#include "gateway/base/private_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace gatehouse {

namespace {

constexpr int kAttempts = 8;  // somebody who removes old ones may meet a new one before it is locked

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
    const bool is_sticky = (found.st_mode & S_ISVTX) != 0 && (found.st_uid == 0 || found.st_uid == ::geteuid());
    if (S_ISDIR(found.st_mode) && (is_own || is_sticky)) return {};
    return parent.string() +
           " is not a directory that only this user can write to; remove it, or set TMPDIR to another";
}

// -1: it is gone, somebody else has it, or it cannot be opened.
int open_locked(const std::filesystem::path& directory) {
    const int lock = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) return lock;
    struct stat now {};
    // One that was removed meanwhile has no name any more.
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && ::fstat(lock, &now) == 0 && now.st_nlink != 0) return lock;
    ::close(lock);
    errno = EWOULDBLOCK;
    return -1;
}

void remove_if_left(const std::filesystem::path& directory) {
    struct stat found {};
    if (::lstat(directory.c_str(), &found) != 0 || found.st_uid != ::geteuid()) return;
    const int lock = open_locked(directory);
    if (lock < 0) return;
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
    ::close(lock);
}

// KIND-PID-XXXXXX
bool is_of_kind(std::string_view name, std::string_view kind) {
    if (!name.starts_with(kind) || name.size() < kind.size() + 9) return false;
    name.remove_prefix(kind.size());
    const std::string_view pid = name.substr(1, name.size() - 8);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return name[0] == '-' && name[name.size() - 7] == '-' && std::all_of(pid.begin(), pid.end(), is_digit);
}

void remove_left_ones(const std::filesystem::path& parent, std::string_view kind) {
    std::error_code error;
    for (std::filesystem::directory_iterator each(parent, error), end; !error && each != end; each.increment(error)) {
        if (is_of_kind(each->path().filename().string(), kind)) remove_if_left(each->path());
    }
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::create(const std::filesystem::path& parent, const std::string& kind) {
    if (std::string why = prepare_parent(parent); !why.empty()) return Error{std::move(why)};
    remove_left_ones(parent, kind);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        std::string name = (parent / (kind + "-" + std::to_string(::getpid()) + "-XXXXXX")).string();
        if (::mkdtemp(name.data()) == nullptr) return failure("cannot create " + name);
        const int lock = open_locked(name);
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

#include "gateway/host/private_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::host {

namespace {

constexpr std::string_view kPattern = "-XXXXXX";
constexpr int kTries = 8;

int open_directory(const std::filesystem::path& path) {
    return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// A process id and what mkdtemp() makes of the pattern.
bool is_name_of_one(std::string_view name) {
    if (name.size() <= kPattern.size() || name[name.size() - kPattern.size()] != '-') return false;
    return std::ranges::all_of(name.substr(0, name.size() - kPattern.size()),
                               [](char c) { return c >= '0' && c <= '9'; });
}

// Nobody holds it: locked here while it is removed, so that its maker, who may not have locked it yet, notices.
bool remove_if_left(const std::filesystem::path& path) {
    const int found = open_directory(path);
    if (found < 0) return false;
    struct stat status {};
    const bool is_left =
        ::fstat(found, &status) == 0 && status.st_uid == ::geteuid() && ::flock(found, LOCK_EX | LOCK_NB) == 0;
    std::error_code ignored;
    if (is_left) std::filesystem::remove_all(path, ignored);
    ::close(found);
    return is_left;
}

void remove_leftovers(const std::filesystem::path& parent) {
    std::error_code error;
    std::size_t removed = 0;
    for (std::filesystem::directory_iterator each(parent, error), end; !error && each != end; each.increment(error)) {
        if (!is_name_of_one(each->path().filename().string()) || !remove_if_left(each->path())) continue;
        if (++removed == PrivateDirectory::kLeftoversMax) return;
    }
}

bool is_noexec(const std::string& path) {
    struct statvfs system {};
    return ::statvfs(path.c_str(), &system) == 0 && (system.f_flag & ST_NOEXEC) != 0;
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::make(const std::filesystem::path& parent) {
    std::error_code error;
    std::filesystem::create_directories(parent, error);
    if (error) return Error{"cannot create " + parent.string() + ": " + error.message()};
    remove_leftovers(parent);
    for (int attempt = 0; attempt < kTries; ++attempt) {
        std::string path = (parent / (std::to_string(::getpid()) + std::string(kPattern))).string();
        if (::mkdtemp(path.data()) == nullptr) return Error{"cannot create " + path + ": " + std::strerror(errno)};
        const int lock = open_directory(path);
        struct stat status {};
        const bool is_locked = lock >= 0 && (::flock(lock, LOCK_EX) == 0 || errno != EINTR);
        if (!is_locked || ::fstat(lock, &status) != 0 || status.st_nlink == 0) {  // taken for a leftover
            if (lock >= 0) ::close(lock);
            continue;
        }
        PrivateDirectory made(path, lock);
        if (!is_noexec(path)) return made;
        return Error{parent.string() + " is mounted noexec: no plugin can be loaded from there; set TMPDIR to another"};
    }
    return Error{"cannot create a directory in " + parent.string() + " that stays"};
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

PrivateDirectory& PrivateDirectory::operator=(PrivateDirectory&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        lock_ = std::exchange(other.lock_, -1);
    }
    return *this;
}

PrivateDirectory::~PrivateDirectory() { remove(); }

void PrivateDirectory::remove() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    if (lock_ >= 0) ::close(lock_);
    path_.clear();
    lock_ = -1;
}

}  // namespace gatehouse::host

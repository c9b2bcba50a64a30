#pragma once

#include <filesystem>
#include <string>

#include "gateway/base/result.hpp"

namespace gatehouse {

// A directory of this process's own, 0700, removed with all that is in it at the end. One that its process left behind,
// because it was killed, is removed by the next process that makes one of the same kind beside it.
class PrivateDirectory final {
public:
    // PARENT/KIND-PID-XXXXXX. The parent is made if it is missing; otherwise it has to belong to this user and to be
    // writable by nobody else, or to be sticky as /tmp is: whoever can rename what is in it could put his own files
    // there.
    static Result<PrivateDirectory> create(const std::filesystem::path& parent, const std::string& kind);
    PrivateDirectory(PrivateDirectory&& other) noexcept;
    PrivateDirectory& operator=(PrivateDirectory&&) = delete;
    ~PrivateDirectory();

    const std::filesystem::path& path() const { return path_; }

private:
    PrivateDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::filesystem::path path_;
    int lock_;  // on the directory, held for as long as the process lives
};

}  // namespace gatehouse

#pragma once

#include <filesystem>

#include "gateway/base/result.hpp"

namespace gatehouse::host {

// A fresh directory (0700) for the copies of one host, which loads from it: two hosts must never load each other's.
// Goes away with this object. It is held by a lock that ends with the process, however that ends: whoever makes the
// next one removes what killed processes have left, a few at a time. Where the file system knows no locks, nothing is
// removed.
class PrivateDirectory final {
public:
    static constexpr std::size_t kLeftoversMax = 16;  // removed at a time

    PrivateDirectory() = default;  // none
    // In the parent, which is made too; named after this process.
    static Result<PrivateDirectory> make(const std::filesystem::path& parent);
    PrivateDirectory(PrivateDirectory&& other) noexcept;
    PrivateDirectory& operator=(PrivateDirectory&& other) noexcept;
    ~PrivateDirectory();

    const std::filesystem::path& path() const { return path_; }  // empty: none

private:
    PrivateDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    void remove();

    std::filesystem::path path_;
    int lock_ = -1;  // the open directory
};

}  // namespace gatehouse::host

// Files without a name and files as memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

namespace media {

// An open file; closed when destroyed. Errors are std::system_error.
class File final {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept;
    ~File();

    // A new file that nobody else can find: it is gone when it is closed, whatever ends this process.
    [[nodiscard]] static File nameless_in(const std::filesystem::path& directory);

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::size_t size() const;
    void append(std::string_view bytes) const;
    void sync() const;  // to the disk

private:
    int descriptor_ = -1;
};

// A file's content as memory, read when it is looked at. Cheap to copy; outlives the File.
// REQUIRES: nobody shortens the file: it has no name, or is never written again.
class Mapping final {
public:
    explicit Mapping(const File& file);

    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    [[nodiscard]] const std::shared_ptr<const void>& owner() const { return owner_; }

private:
    std::shared_ptr<const void> owner_;
    std::string_view bytes_;
};

// Makes the directory for files that are being written, and removes what processes that were killed have left there:
// files that nobody holds a lock on (flock).
void open_scratch(const std::filesystem::path& directory);

[[noreturn]] void throw_errno(const char* what);

}  // namespace media

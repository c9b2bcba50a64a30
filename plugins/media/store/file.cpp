#include "plugins/media/store/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace media {

void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

File::~File() {
    if (is_open()) ::close(descriptor_);
}

File File::nameless_in(const std::filesystem::path& directory) {
    const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return File(descriptor);
    // Not every file system has that.
    std::string name = (directory / "nameless-XXXXXX").string();
    File file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file.is_open()) throw_errno("open a temporary file");
    ::unlink(name.c_str());
    return file;
}

std::size_t File::size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw_errno("look at a file");
    return static_cast<std::size_t>(status.st_size);
}

void File::append(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno("write a file");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void File::sync() const {
    if (::fsync(descriptor_) != 0) throw_errno("write a file to the disk");
}

void open_scratch(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const File file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!file.is_open()) continue;  // renamed meanwhile
        if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
    }
}

Mapping::Mapping(const File& file) {
    const std::size_t size = file.size();
    if (size == 0) return;
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0);
    if (address == MAP_FAILED) throw_errno("map a file");
    owner_ = std::shared_ptr<const void>(address, [size](const void* at) { ::munmap(const_cast<void*>(at), size); });
    bytes_ = {static_cast<const char*>(address), size};
}

}  // namespace media

#include "plugins/media/store/local_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace media {

namespace {

constexpr std::size_t kShardCharacters = 2;

// A file under a name of its own, and locked: who can lock it, knows that its writer is dead.
struct Draft {
    File file;
    std::string name;
};

// Between its making and its locking a sweep of another process may have taken it away.
std::optional<Draft> try_draft(const std::filesystem::path& directory) {
    std::string name = (directory / "put-XXXXXX").string();
    File file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file.is_open()) throw_errno("open a file in the media store");
    struct stat status {};
    if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    if (::fstat(file.descriptor(), &status) != 0) throw_errno("look at a file in the media store");
    if (status.st_nlink == 0) return std::nullopt;
    return Draft{std::move(file), std::move(name)};
}

Draft new_draft(const std::filesystem::path& directory) {
    for (;;) {
        if (auto draft = try_draft(directory)) return *std::move(draft);
    }
}

void sync_directory(const std::filesystem::path& directory) {
    const File opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) throw_errno("open a directory of the media store");
    opened.sync();
}

}  // namespace

// key: made here, of letters and digits, '.', '_' and '-'; never what a client has said.
std::filesystem::path LocalStore::path_of(const std::string& key) const {
    if (key.size() <= kShardCharacters || key.find('/') != std::string::npos || key.front() == '.') {
        throw std::logic_error("not a key of the media store");
    }
    return directory_ / "objects" / key.substr(0, kShardCharacters) / key;
}

void LocalStore::open() {
    open_scratch(incoming());
    std::filesystem::create_directories(directory_ / "objects");
    ::chmod(directory_.c_str(), 0700);
}

void LocalStore::put(const std::string& key, std::string_view bytes, std::string_view) {
    const std::filesystem::path path = path_of(key);
    if (std::filesystem::exists(path)) return;
    std::filesystem::create_directories(path.parent_path());
    const Draft draft = new_draft(incoming());
    try {
        draft.file.append(bytes);
        draft.file.sync();
        if (::rename(draft.name.c_str(), path.c_str()) != 0) throw_errno("rename a file in the media store");
    } catch (...) {
        ::unlink(draft.name.c_str());
        throw;
    }
    sync_directory(path.parent_path());
    sync_directory(path.parent_path().parent_path());
}

std::optional<File> LocalStore::get(const std::string& key) {
    File file(::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.is_open()) return file;
    if (errno == ENOENT) return std::nullopt;
    throw_errno("open a file of the media store");
}

void LocalStore::remove(const std::string& key) {
    const std::filesystem::path path = path_of(key);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("remove a file of the media store");
}

}  // namespace media

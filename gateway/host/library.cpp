#include "gateway/host/library.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <cstring>

namespace gatehouse::host {

struct Library::Handle {
    boost::dll::shared_library library;
};

namespace {

std::string system_error(const std::string& what) { return what + ": " + std::strerror(errno); }

class Descriptor final {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int value() const { return value_; }

private:
    int value_;
};

// Empty, or what went wrong.
std::string copy_contents(const std::filesystem::path& from, const std::filesystem::path& to) {
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.value() < 0) return system_error("cannot open " + from.string());
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500));
    if (target.value() < 0) return system_error("cannot create " + to.string());
    for (;;) {
        const ssize_t sent = ::sendfile(target.value(), source.value(), nullptr, std::size_t{1} << 30);
        if (sent == 0) return {};
        if (sent < 0 && errno != EINTR) return system_error("cannot copy to " + to.string());
    }
}

// Not strcmp(), and not looked at by ThreadSanitizer: the dynamic linker guards the names by a lock of its own that it
// knows nothing of. (A suppression would not do: to match it, every library is mapped once more, for good.)
__attribute__((noinline, no_sanitize("thread"))) bool is_same(const char* left, const char* right) {
    while (*left != '\0' && *left == *right) {
        ++left;
        ++right;
    }
    return *left == *right;
}

bool is_mapped(const std::filesystem::path& file) {
    struct Search {
        std::string path;
        bool found = false;
    } search{file.string()};
    dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* context) {
            auto* const wanted = static_cast<Search*>(context);
            wanted->found = wanted->found || is_same(wanted->path.c_str(), info->dlpi_name);
            return 0;
        },
        &search);
    return search.found;
}

// The table's rules that can be checked before any of its functions runs.
std::string check_table(const gh_plugin* plugin, const PluginFile& file) {
    if (plugin == nullptr) return "its entry returned no table";
    if (!GH_HAS(plugin, destroy)) return "its table is smaller than ABI 1.0 allows";
    if (plugin->create == nullptr || plugin->destroy == nullptr) return "its table lacks create or destroy";
    if (std::string_view(plugin->id.ptr, plugin->id.len) != file.id) return "its table and its note disagree on its id";
    return {};
}

}  // namespace

Library::Library(std::unique_ptr<Handle> handle, PluginFile file, std::filesystem::path copy)
    : handle_(std::move(handle)), file_(std::move(file)), copy_(std::move(copy)) {}

Result<std::filesystem::path> Library::stage(const std::filesystem::path& source,
                                             const std::filesystem::path& directory, const std::string& name) {
    auto copy = std::filesystem::absolute(directory / (name + ".so"));
    if (std::string failure = copy_contents(source, copy); !failure.empty()) {
        ::unlink(copy.c_str());
        return Error{std::move(failure)};
    }
    return copy;
}

Result<std::unique_ptr<Library>> Library::load(const std::filesystem::path& copy, PluginFile file) {
    auto handle = std::make_unique<Handle>();
    boost::dll::fs::error_code error;
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    handle->library.load(copy, rtld_now | rtld_local, error);
    if (error) {
        const char* const detail = ::dlerror();
        ::unlink(copy.c_str());
        return Error{std::string("cannot be loaded: ") + (detail != nullptr ? std::string(detail) : error.message())};
    }
    std::unique_ptr<Library> library(new Library(std::move(handle), std::move(file), copy));
    const auto entry = library->handle_->library.get<const gh_plugin*()>(GH_PLUGIN_ENTRY_NAME);
    library->plugin_ = entry();
    if (std::string why = check_table(library->plugin_, library->file_); !why.empty()) {
        library->unload();
        ::unlink(copy.c_str());
        return Error{std::move(why)};
    }
    return library;
}

Library::~Library() { unload(); }

// The loader looks for what it can unmap when something is closed: a thread that has ended since the first look may
// have let go of the last thread-local object.
bool Library::unload() {
    if (!handle_) return true;
    handle_->library.unload();
    handle_.reset();
    plugin_ = nullptr;
    if (!is_mapped(copy_)) return true;
    if (void* const again = ::dlopen(copy_.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD)) ::dlclose(again);
    return !is_mapped(copy_);
}

}  // namespace gatehouse::host

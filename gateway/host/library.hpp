#pragma once

#include <gatehouse/abi.h>

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/host/elf_lint.hpp"

namespace gatehouse::host {

// One mapped plugin: a private copy of the file under a name of its own, loaded with RTLD_NOW | RTLD_LOCAL. A real
// copy, because the loader takes the same path, a hard link or a replaced file for the library that it already has.
class Library final {
public:
    // Copies the file. directory: private to this process (0700). name: unique within it.
    static Result<std::filesystem::path> stage(const std::filesystem::path& source,
                                               const std::filesystem::path& directory, const std::string& name);
    // Maps a copy that lint_plugin() found good, and asks it for its table: its code runs. The copy belongs to the
    // library then; after a failure it is removed.
    static Result<std::unique_ptr<Library>> load(const std::filesystem::path& copy, PluginFile file);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    const gh_plugin& plugin() const { return *plugin_; }
    const PluginFile& file() const { return file_; }

    const std::filesystem::path& copy() const { return copy_; }

    // Unmaps and says whether that worked: a thread-local destructor or a unique symbol can pin a library for good. The
    // copy stays on disk. Called by the destructor if not before.
    bool unload();

private:
    struct Handle;
    Library(std::unique_ptr<Handle> handle, PluginFile file, std::filesystem::path copy);

    std::unique_ptr<Handle> handle_;
    PluginFile file_;
    std::filesystem::path copy_;
    const gh_plugin* plugin_ = nullptr;
};

}  // namespace gatehouse::host

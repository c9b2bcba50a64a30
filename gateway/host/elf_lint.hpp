#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace gatehouse::host {

// What a plugin file says of itself, read without loading it.
struct PluginFile {
    std::string id, version, sdk;  // from the ELF note
    int abi_major = 0, abi_minor = 0;
    std::string build_id;             // hex; empty if it has none
    std::string toolchain;            // .comment
    std::vector<std::string> needed;  // DT_NEEDED
};

// Refuses, with a reason that tells the cure, what would corrupt or pin the process: wrong class or machine, no note,
// another ABI major, no or more than the one exported entry, STB_GNU_UNIQUE symbols, static TLS, NODELETE, text
// relocations, an executable stack, a SONAME, static or second copies of libraries that the host pins (second
// allocator, static SQLite), a GLIBC version newer than the host's. Reads hostile files safely: every offset is
// checked.
Result<PluginFile> lint_plugin(const std::filesystem::path& file);

}  // namespace gatehouse::host

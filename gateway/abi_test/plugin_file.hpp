#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/base/result.hpp"
#include "gateway/host/library.hpp"

namespace gatehouse::abi_test {

// The plugin under test, loaded as the gateway does it: a private copy, linted, then mapped. Each call makes another
// copy, a generation of its own.
Result<std::unique_ptr<host::Library>> load_plugin(const std::filesystem::path& file,
                                                   const std::filesystem::path& scratch);

// A fresh directory below the system's temporary one, for copies and for what the plugin's configuration calls
// "{scratch}".
class Scratch final {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }
    // Every "{scratch}" in it replaced by an empty directory that nobody else uses.
    std::string expand(std::string config);

private:
    std::filesystem::path path_;
    int next_ = 0;
};

}  // namespace gatehouse::abi_test

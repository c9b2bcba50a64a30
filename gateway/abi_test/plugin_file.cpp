#include "gateway/abi_test/plugin_file.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

namespace gatehouse::abi_test {

Result<std::unique_ptr<host::Library>> load_plugin(const std::filesystem::path& file,
                                                   const std::filesystem::path& scratch) {
    static std::atomic<int> next{0};
    const auto copy = host::Library::stage(file, scratch, "plugin-" + std::to_string(next++));
    if (!copy) return copy.error();
    auto linted = host::lint_plugin(*copy);
    if (!linted) return linted.error();
    return host::Library::load(*copy, std::move(*linted));
}

Scratch::Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-abi-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    path_ = name;
}

Scratch::~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::expand(std::string config) {
    static constexpr char kPlaceholder[] = "{scratch}";
    if (config.find(kPlaceholder) == std::string::npos) return config;
    const std::filesystem::path fresh = path_ / ("data-" + std::to_string(next_++));
    std::filesystem::create_directory(fresh);
    for (std::size_t at = config.find(kPlaceholder); at != std::string::npos; at = config.find(kPlaceholder, at)) {
        config.replace(at, sizeof(kPlaceholder) - 1, fresh.string());
    }
    return config;
}

}  // namespace gatehouse::abi_test

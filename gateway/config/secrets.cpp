#include "gateway/config/secrets.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/config/object_reader.hpp"

namespace gatehouse::config {

namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;
constexpr std::string_view kEnvironment = "env:";
constexpr std::string_view kFile = "file:";

SecretError missing_file(const std::string& path, const char* reason) {
    return {"the file " + path + " " + reason, "create it: (umask 077; openssl rand -hex 32 > " + path + ")"};
}

Result<std::string, SecretError> read_secret_file(std::string path, const std::string& base_directory) {
    if (!path.starts_with('/') && !base_directory.empty()) path = base_directory + "/" + path;
    std::error_code failure;
    const auto status = std::filesystem::status(path, failure);
    if (!std::filesystem::exists(status)) return missing_file(path, "does not exist");
    if (std::filesystem::is_directory(status)) return missing_file(path, "is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) return SecretError{"the file " + path + " cannot be read", "give it to this user: ls -l " + path};
    std::string content(kMaxSecretBytes + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > kMaxSecretBytes) return SecretError{"the file " + path + " is larger than 64 KiB", {}};
    if (content.ends_with('\n')) content.pop_back();
    if (content.ends_with('\r')) content.pop_back();
    return content;
}

}  // namespace

bool is_reference(std::string_view text) { return text.starts_with(kEnvironment) || text.starts_with(kFile); }

Result<std::string, SecretError> resolve_reference(std::string_view reference, const std::string& base_directory) {
    if (reference.starts_with(kFile)) {
        if (reference.size() == kFile.size())
            return SecretError{"the path is missing", "write it like file:/run/secrets/key"};
        return read_secret_file(std::string(reference.substr(kFile.size())), base_directory);
    }
    const std::string name(reference.substr(kEnvironment.size()));
    if (name.empty()) return SecretError{"the name is missing", "write it like env:ADMIN_TOKEN"};
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
        return SecretError{"the environment variable " + name + " is " + (value == nullptr ? "not set" : "empty"),
                           "set it: export " + name + "=$(openssl rand -hex 32)"};
    }
    return std::string(value);
}

std::optional<std::string> read_secret(const Node& node, std::string_view what, const std::string& base_directory,
                                       Report& report) {
    std::string reference;
    if (!read_string(node, what, report, reference)) return std::nullopt;
    if (!is_reference(reference)) {
        report.add(codes::literal_secret, node, quoted(what) + " is written into the file", "secrets are referred to",
                   "write env:NAME or file:PATH");
        return std::nullopt;
    }
    auto value = resolve_reference(reference, base_directory);
    if (!value) {
        report.add(codes::missing_secret, node, value.error().message, {}, value.error().help);
        return std::nullopt;
    }
    if (value->size() < kMinSecretBytes) {
        report.add(codes::short_secret, node, quoted(what) + " has only " + std::to_string(value->size()) + " bytes",
                   "32 or more are needed", "make one: openssl rand -hex 32");
        return std::nullopt;
    }
    return std::move(*value);
}

}  // namespace gatehouse::config

#include "gateway/config/load.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gateway/config/object_reader.hpp"
#include "gateway/config/plugin_config.hpp"
#include "gateway/config/reading.hpp"
#include "gateway/config/yaml_reader.hpp"

namespace gatehouse::config {

namespace {

constexpr std::size_t kMaxFindings = 20;

// The length of the UTF-8 sequence at the front; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const bool is_overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool is_beyond = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
    return is_overlong || is_beyond ? 0 : length;
}

bool is_text(std::string_view text, Report& report) {
    Position position{1, 1};
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequence_length(text.substr(i));
        const char c = text[i];
        const bool is_control =
            (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
        if (length == 0 || is_control) {
            report.add(codes::not_text, position, 1, is_control ? "a control character" : "this is not UTF-8");
            return false;
        }
        i += length;
        position.column += static_cast<int>(length);
        if (c == '\n') position = {position.line + 1, 1};
    }
    return true;
}

void read_file(const Node& root, Reading& reading) {
    const ObjectReader file(root, schema::file, reading.report);
    if (!file.is_map()) return;
    std::uint64_t version = 0;
    file.read("version", version);
    read_gateway(file.find("gateway"), reading);
    if (const Node* services = file.find("services")) read_services(*services, reading);
    if (const Node* auth = file.find("auth")) read_authenticators(*auth, reading);
    if (const Node* policies = file.find("policies")) read_policies(*policies, reading);
    if (const Node* routes = file.find("routes")) read_routes(*routes, reading);
    check_configuration(reading);
}

void finish(Loaded& loaded, Report& report) {
    loaded.diagnostics = report.take();
    if (loaded.diagnostics.size() <= kMaxFindings) return;
    loaded.omitted = loaded.diagnostics.size() - kMaxFindings;
    loaded.diagnostics.resize(kMaxFindings);
}

// Bounds, encoding and YAML; then what `use` makes of the tree.
template <class Use>
void load_tree(Loaded& loaded, const Use& use) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (loaded.source.starts_with(kByteOrderMark)) loaded.source.erase(0, kByteOrderMark.size());
    Report report;
    if (loaded.source.size() > kMaxFileBytes) {
        report.add(codes::file_too_large, {1, 1}, 1, "the file is larger than 1 MiB");
        loaded.source.clear();
    } else if (is_text(loaded.source, report)) {
        if (const auto root = read_yaml(loaded.source, report)) use(*root, report);
    }
    finish(loaded, report);
}

}  // namespace

Loaded load_text(std::string text, std::string file_name, const std::string& base_directory) {
    Loaded loaded;
    loaded.configuration.file = std::move(file_name);
    loaded.source = std::move(text);
    load_tree(loaded, [&](const Node& root, Report& report) {
        Reading reading{loaded.configuration, report, base_directory, {}, {}, {}, {}, {}};
        read_file(root, reading);
    });
    return loaded;
}

LoadedPluginConfig load_plugin_config(std::string text, std::string file_name, const std::string& base_directory,
                                      const std::string& service, const std::string& storage) {
    LoadedPluginConfig result;
    Loaded& loaded = result.report;
    loaded.configuration.file = std::move(file_name);
    loaded.configuration.gateway.storage_default = storage;
    loaded.source = std::move(text);
    load_tree(loaded, [&](const Node& root, Report& report) {
        Reading reading{loaded.configuration, report, base_directory, {}, {}, {}, {}, {}};
        result.json = read_plugin_config(&root, service, reading).json;
    });
    return result;
}

Loaded load_file(const std::string& path) {
    std::error_code failure;
    const bool is_directory = std::filesystem::is_directory(path, failure);
    std::ifstream file(path, std::ios::binary);
    if (!file || is_directory) {
        Loaded loaded;
        loaded.configuration.file = path;
        Report report;
        report.add(codes::file_unreadable, {1, 1}, 1,
                   is_directory ? "this is a directory" : "the file does not exist or cannot be read", {},
                   "name the file: gatehouse run FILE");
        finish(loaded, report);
        return loaded;
    }
    std::string text(kMaxFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return load_text(std::move(text), path, std::filesystem::path(path).parent_path().string());
}

}  // namespace gatehouse::config

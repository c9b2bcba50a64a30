#include "gateway/cli/service_template.hpp"

#include <algorithm>

namespace gatehouse::cli {

namespace {

constexpr std::string_view kSnake = "gatehouse_sample", kPascal = "GatehouseSample";

bool belongs(std::string_view layer, ServiceKind kind) {
    switch (kind) {
        case ServiceKind::cpp_memory: return layer == "cpp" || layer == "cpp_memory";
        case ServiceKind::cpp_database: return layer == "cpp" || layer == "cpp_database";
        case ServiceKind::c: return layer == "c";
    }
    return false;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return result;
}

}  // namespace

std::string pascal_case(std::string_view name) {
    std::string result;
    bool starts_word = true;
    for (const char c : name) {
        if (c != '_') result += starts_word ? upper(std::string_view(&c, 1)) : std::string(1, c);
        starts_word = c == '_';
    }
    return result;
}

std::vector<NewFile> instantiate(ServiceKind kind, std::string_view name) {
    std::vector<NewFile> files;
    for (const TemplateFile& file : template_files()) {
        if (!belongs(file.layer, kind)) continue;
        std::string text = replace_all(std::string(file.text), kPascal, pascal_case(name));
        text = replace_all(replace_all(std::move(text), kSnake, name), upper(kSnake), upper(name));
        files.push_back({file.path == "gitignore" ? ".gitignore" : std::string(file.path), std::move(text)});
    }
    std::sort(files.begin(), files.end(), [](const NewFile& a, const NewFile& b) { return a.path < b.path; });
    return files;
}

}  // namespace gatehouse::cli

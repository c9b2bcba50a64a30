#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What `gatehouse new service` writes. The files lie in sdk/template, a folder per layer; in them the service is called
// gatehouse_sample, and its class GatehouseSampleService.
namespace gatehouse::cli {

struct TemplateFile {
    std::string_view layer;  // "cpp"
    std::string_view path;   // "tests/items_test.cpp"
    std::string_view text;
};
std::span<const TemplateFile> template_files();

enum class ServiceKind : std::uint8_t { cpp_memory, cpp_database, c };

struct NewFile {
    std::string path;
    std::string text;
};

// The files of a service of that name, in the order of their paths.  REQUIRES: name_refusal(name) is empty
std::vector<NewFile> instantiate(ServiceKind kind, std::string_view name);

// Why a service cannot have that name, and what to try instead; empty if it can. A name is part of file names, of a
// path, of a C++ namespace and of C identifiers, so it has to fit all of them.
std::string name_refusal(std::string_view name);

// "my_notes" -> "MyNotes"
std::string pascal_case(std::string_view name);

}  // namespace gatehouse::cli

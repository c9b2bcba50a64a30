#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::config {

// One finding, as `gatehouse check` prints it: file:line:column, the line, a caret and a suggestion.
struct Diagnostic {
    std::string code;     // "R203": stable, documented
    std::string message;  // unknown service "usres"
    Position position;
    int length = 1;    // columns under the caret
    std::string note;  // short text after the caret; may be empty
    std::string help;  // suggestion; may be empty
};

// Either a configuration without a flaw, or every flaw that was found (at most 20), in file order.
struct Loaded {
    Configuration configuration;
    std::vector<Diagnostic> diagnostics;
    std::size_t omitted = 0;  // findings beyond the twenty
    std::string source;       // the file's text, for print
    explicit operator bool() const { return diagnostics.empty(); }
};

Loaded load_file(const std::string& path);
// base_directory: what relative file: references are relative to.
Loaded load_text(std::string text, std::string file_name, const std::string& base_directory);

// The whole report in the format above; color only when asked.
std::string format_diagnostics(const Loaded& loaded);
std::string format_diagnostics_json(const Loaded& loaded);

}  // namespace gatehouse::config

#pragma once

#include <string_view>

namespace gatehouse::seed {

// Calls use(section, line) for every line of a data file that is neither blank nor a comment; "[post]" begins the
// section "post".
template <class F>
void for_each_line(std::string_view file, F&& use) {
    std::string_view section;
    while (!file.empty()) {
        const std::string_view line = file.substr(0, file.find('\n'));
        file.remove_prefix(line.size() < file.size() ? line.size() + 1 : line.size());
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
        } else {
            use(section, line);
        }
    }
}

}  // namespace gatehouse::seed

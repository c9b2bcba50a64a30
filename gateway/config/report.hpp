#pragma once

#include <string>
#include <vector>

#include "gateway/config/codes.hpp"
#include "gateway/config/load.hpp"
#include "gateway/config/yaml_node.hpp"

namespace gatehouse::config {

// Collects findings in any order; gives them back in file order, without repetitions.
class Report final {
public:
    void add(const Code& code, Position position, int length, std::string message, std::string note = {},
             std::string help = {});
    void add(const Code& code, const Node& at, std::string message, std::string note = {}, std::string help = {}) {
        add(code, at.position, at.length, std::move(message), std::move(note), std::move(help));
    }
    bool is_empty() const { return found_.empty(); }
    // REQUIRES: called once, at the end.
    std::vector<Diagnostic> take();

private:
    std::vector<Diagnostic> found_;
};

// "\"usres\"": how a word of the file is shown in a message; long ones are cut.
std::string quoted(std::string_view word);

}  // namespace gatehouse::config

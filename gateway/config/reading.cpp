#include "gateway/config/reading.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/config/suggest.hpp"

namespace gatehouse::config {

namespace {

bool is_letter(char c) { return ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z'; }

}  // namespace

bool check_name(const Node& key, std::string_view what, Report& report) {
    const std::string& name = key.text;
    const bool is_well_formed = !name.empty() && name.size() <= 63 && is_letter(name.front()) &&
                                std::all_of(name.begin(), name.end(), [](char c) {
                                    return is_letter(c) || ascii::is_digit(c) || c == '-' || c == '_' || c == '.';
                                });
    if (!is_well_formed) {
        report.add(codes::bad_name, key, quoted(name) + " cannot be the name of " + std::string(what), {},
                   "letters, digits, - and _, beginning with a letter");
        return false;
    }
    if (name != "none") return true;
    report.add(codes::bad_name, key, "\"none\" cannot be the name of " + std::string(what),
               "the word means: nothing at all");
    return false;
}

bool check_reference(const Node& at, const Code& code, std::string_view what, std::string_view section,
                     const std::map<std::string, Position>& defined, Reading& reading) {
    if (defined.contains(at.text)) return true;
    std::vector<std::string> names;
    for (const auto& [name, position] : defined) names.push_back(name);
    std::string help = did_you_mean(at.text, names);
    if (!help.empty()) {
        const std::string name = closest(at.text, names);
        const Position position = defined.at(name);
        help += " (" + std::string(section) + "." + name + ", " + reading.configuration.file + ":" +
                std::to_string(position.line) + ":" + std::to_string(position.column) + ")";
    }
    reading.report.add(code, at, "unknown " + std::string(what) + " " + quoted(at.text),
                       "not defined under " + std::string(section) + ":", help);
    return false;
}

std::string read_field_name(const Node& node, Report& report) {
    const std::string_view name = node.text;
    const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || ascii::is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    if (is_token) return ascii::lower(name);
    report.add(codes::malformed, node, quoted(name) + " is not the name of a header field");
    return {};
}

}  // namespace gatehouse::config

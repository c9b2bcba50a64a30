#include <gatehouse/testing.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>

namespace gatehouse::testing {

namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string Answer::header(std::string_view name) const {
    for (const Header& field : headers) {
        if (equals_ignoring_case(field.name, name)) return field.value;
    }
    return {};
}

bool Answer::has_header(std::string_view name) const {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const Header& field) { return equals_ignoring_case(field.name, name); });
}

boost::json::value Answer::json() const { return boost::json::parse(body); }

std::vector<std::string> Answer::error_pointers() const {
    std::vector<std::string> pointers;
    const boost::json::value problem = json();
    const auto* errors = problem.as_object().if_contains("errors");
    if (errors == nullptr) return pointers;
    for (const boost::json::value& error : errors->as_array()) {
        const boost::json::object& entry = error.as_object();
        if (const auto* pointer = entry.if_contains("pointer")) pointers.emplace_back(pointer->as_string());
        if (const auto* name = entry.if_contains("parameter")) pointers.push_back("?" + std::string(name->as_string()));
    }
    return pointers;
}

std::string LogLine::field(std::string_view key) const {
    for (const auto& [name, value] : fields) {
        if (name == key) return value;
    }
    return {};
}

}  // namespace gatehouse::testing

#include "gateway/config/path_pattern.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"

namespace gatehouse::config {

namespace {

using Segment = PathPattern::Segment;

constexpr std::size_t kMaxPatternBytes = 1'024;
constexpr std::size_t kMaxSegments = 64;

PatternError error(std::string message, std::string help = {}) { return {std::move(message), std::move(help), false}; }

bool is_unreserved(char c) {
    const char lower = ascii::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || ascii::is_digit(c) ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

bool is_path_character(char c) {
    return is_unreserved(c) || std::string_view("!$&'()+,;=:@").find(c) != std::string_view::npos;
}

int hex_digit(char c) {
    if (ascii::is_digit(c)) return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Empty if it can occur in a normalised path, else what is wrong.
std::string check_literal(std::string_view text) {
    if (text == "." || text == "..") return "dot segments never reach a route";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return "an escape is % and two hexadecimal digits in capitals";
            if (is_unreserved(static_cast<char>(high * 16 + low))) return "write the escaped character itself";
            i += 2;
        } else if (text[i] == '*') {
            return "* stands only at the end, as /**";
        } else if (text[i] == '{' || text[i] == '}') {
            return "a parameter is a whole segment";
        } else if (!is_path_character(text[i])) {
            return "this character has to be percent-encoded";
        }
    }
    return {};
}

bool is_parameter_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || ascii::is_digit(name.front())) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        const char lower = ascii::to_lower(c);
        return (lower >= 'a' && lower <= 'z') || ascii::is_digit(c) || c == '_';
    });
}

Result<Segment, PatternError> parse_parameter(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    const std::string_view name = inside.substr(0, colon);
    if (name.ends_with('*')) return error("the rest of a path is written /**");
    if (!is_parameter_name(name)) return error("a parameter's name is letters, digits and _", "write it like {id}");
    if (colon == std::string_view::npos) return Segment{Segment::Kind::any, std::string(name)};
    if (inside.substr(colon + 1) != "int") {
        return error("unknown kind of parameter",
                     "write {" + std::string(name) + "} or {" + std::string(name) + ":int}");
    }
    return Segment{Segment::Kind::integer, std::string(name)};
}

Result<Segment, PatternError> parse_segment(std::string_view text) {
    if (text == "*") return error("* stands only at the end, as /**", "write {name} for one segment");
    if (text == "**") return error("/** stands only at the end");
    if (text.size() >= 2 && text.front() == '{' && text.find('}') == text.size() - 1) {
        return parse_parameter(text.substr(1, text.size() - 2));
    }
    const std::string problem = check_literal(text);
    if (!problem.empty()) return error(problem);
    return Segment{Segment::Kind::literal, std::string(text)};
}

bool is_integer(std::string_view text) { return std::all_of(text.begin(), text.end(), ascii::is_digit); }

}  // namespace

std::string PathPattern::shape() const {
    std::string result;
    for (const Segment& segment : segments) {
        result += '/';
        switch (segment.kind) {
            case Segment::Kind::literal: result += segment.text; break;
            case Segment::Kind::integer: result += "{int}"; break;
            case Segment::Kind::any: result += "{}"; break;
        }
    }
    if (has_tail) return result + "/**";
    return result.empty() ? "/" : result;
}

Result<PathPattern, PatternError> parse_path_pattern(std::string_view text) {
    if (text.starts_with("~") || text.starts_with("^") || text.starts_with("regex:")) {
        return PatternError{"regular expressions are not supported yet", "use {name}, {name:int} and /**", true};
    }
    if (!text.starts_with('/')) return error("a path begins with /", "write /" + std::string(text));
    if (text.size() > kMaxPatternBytes) return error("a path has at most 1024 bytes");
    if (text.find("//") != std::string_view::npos) return error("duplicate slashes never reach a route");
    if (text.find_first_of("?#") != std::string_view::npos) return error("a route's path has no query and no fragment");
    PathPattern pattern;
    std::string_view rest = text;
    if (rest.ends_with("/**")) {
        pattern.has_tail = true;
        rest.remove_suffix(3);
    }
    std::vector<std::string> names;
    for (const std::string_view part : split_path(rest)) {
        auto segment = parse_segment(part);
        if (!segment) return segment.error();
        if (segment->kind != Segment::Kind::literal) {
            if (std::find(names.begin(), names.end(), segment->text) != names.end())
                return error("a parameter's name is here twice");
            names.push_back(segment->text);
        }
        pattern.segments.push_back(std::move(*segment));
    }
    if (pattern.segments.size() > kMaxSegments) return error("a path has at most 64 segments");
    return pattern;
}

std::vector<std::string_view> split_path(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (slash > 0) parts.push_back(path.substr(0, slash));
        path.remove_prefix(std::min(path.size(), slash + 1));
    }
    return parts;
}

bool matches(const PathPattern& pattern, std::string_view path) {
    const std::vector<std::string_view> parts = split_path(path);
    if (parts.size() < pattern.segments.size()) return false;
    if (parts.size() > pattern.segments.size() && !pattern.has_tail) return false;
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
        const Segment& segment = pattern.segments[i];
        if (segment.kind == Segment::Kind::literal && segment.text != parts[i]) return false;
        if (segment.kind == Segment::Kind::integer && !is_integer(parts[i])) return false;
    }
    return true;
}

bool is_more_specific(const PathPattern& left, const PathPattern& right) {
    const std::size_t shared = std::min(left.segments.size(), right.segments.size());
    for (std::size_t i = 0; i < shared; ++i) {
        if (left.segments[i].kind != right.segments[i].kind) return left.segments[i].kind < right.segments[i].kind;
    }
    if (left.segments.size() != right.segments.size()) return left.segments.size() > right.segments.size();
    return !left.has_tail && right.has_tail;
}

}  // namespace gatehouse::config

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace gatehouse::config {

// The path of a route: "/api/users/{id:int}", "/files/**", "/". A trailing slash means nothing; "/**" at the end takes
// everything below and the place itself.
struct PathPattern {
    struct Segment {
        // Most specific first.
        enum class Kind : std::uint8_t { literal, integer, any };
        Kind kind = Kind::literal;
        std::string text;  // literal as it stands in a normalised path, or the parameter's name
    };

    std::vector<Segment> segments;
    bool has_tail = false;

    // Without the parameters' names: two patterns with one shape match the same paths. "/api/{}/{int}/**".
    std::string shape() const;
};

struct PatternError {
    std::string message;
    std::string help;
    bool is_not_supported = false;
};

Result<PathPattern, PatternError> parse_path_pattern(std::string_view text);

// The plain definition of what a pattern means; the route table is held against it by a test. path: normalised.
bool matches(const PathPattern& pattern, std::string_view path);

// Of two patterns that match one path: whether left is the more specific one. At the first segment that differs a
// literal beats a number, a number beats a parameter, a parameter beats "/**".
bool is_more_specific(const PathPattern& left, const PathPattern& right);

// "a/b" -> a, b; empty parts are left out.
std::vector<std::string_view> split_path(std::string_view path);

}  // namespace gatehouse::config

// Route patterns as far as the wrapper reads them: names of captures, and the path as OpenAPI writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::detail {

struct Capture {
    std::string_view name;  // into the pattern
    bool is_integer;        // {name:int}
};

[[nodiscard]] std::vector<Capture> captures_of(std::string_view pattern);
// "/x/{id:int}/{rest*}" -> "/x/{id}/{rest}".
[[nodiscard]] std::string openapi_path(std::string_view pattern);
// "GET", "/api/posts/{id}" -> "get_api_posts_id".
[[nodiscard]] std::string default_operation_id(std::string_view method, std::string_view pattern);

}  // namespace gatehouse::detail

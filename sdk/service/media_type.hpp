#pragma once

#include <string_view>

namespace gatehouse::detail {

// application/json or anything +json (RFC 6839). type: without parameters.
[[nodiscard]] bool is_json_media_type(std::string_view type);

}  // namespace gatehouse::detail

#include "sdk/service/media_type.hpp"

#include "sdk/service/text.hpp"

namespace gatehouse::detail {

bool is_json_media_type(std::string_view type) {
    constexpr std::string_view kSuffix = "+json";
    if (equals_ignoring_case(type, "application/json")) return true;
    return type.size() > kSuffix.size() && equals_ignoring_case(type.substr(0, 12), "application/") &&
           equals_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix);
}

}  // namespace gatehouse::detail

#include <gatehouse/json.hpp>

namespace gatehouse {

boost::json::value parse_json(std::string_view text) {
    const detail::JsonDocument checked(text);  // one set of rules and messages
    boost::json::parse_options options;
    options.max_depth = 32;
    return boost::json::parse({text.data(), text.size()}, {}, options);
}

}  // namespace gatehouse

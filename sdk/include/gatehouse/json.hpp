// Free JSON through Boost.JSON, for what has no described type. Costs compile time: include it in sources only.
#pragma once

#include <gatehouse/binding.hpp>

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace gatehouse {

// BadRequest on text that is not JSON (depth at most 32, no duplicate names).
[[nodiscard]] boost::json::value parse_json(std::string_view text);

template <>
struct detail::Binding<boost::json::value> {
    static bool read(const JsonIn& in, boost::json::value& out, const Rules&) {
        std::string text;
        if (!in.read_raw(text)) return false;
        out = parse_json(text);
        return true;
    }
    static void write(JsonOut& out, const boost::json::value& value) { out.raw(boost::json::serialize(value)); }
    static std::string schema(Schemas&) { return "{}"; }
};

}  // namespace gatehouse

// A struct with one member of every kind and rule that a description knows.
#pragma once

#include <gatehouse/binding.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wide {

enum class Color { red, green };
constexpr auto describe(Color*) { return gatehouse::names<Color>({{"red", Color::red}, {"green", Color::green}}); }

struct Inner {
    std::string name;
};
constexpr auto describe(Inner*) {
    return gatehouse::fields(gatehouse::field("name", &Inner::name, gatehouse::min_length(1)));
}

// A type that is text in JSON: "12.34".
struct Money {
    std::int64_t cents = 0;
};
inline bool parse_text(std::string_view text, Money& out) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot > 12 || text.size() != dot + 3) return false;
    std::int64_t cents = 0;
    for (const char c : text) {
        if (c == '.') continue;
        if (c < '0' || c > '9') return false;
        cents = cents * 10 + (c - '0');
    }
    out.cents = cents;
    return true;
}
inline std::string to_text(const Money& money) {
    const std::string cents = std::to_string(100 + money.cents % 100);
    return std::to_string(money.cents / 100) + "." + cents.substr(1);
}

struct Wide {
    bool flag = false;
    std::int64_t count = 1;
    std::int64_t big = 0;
    std::int32_t small = 0;
    double ratio = 0;
    std::optional<std::string> maybe;
    gatehouse::Patch<std::string> patch;
    std::string text = "t";
    std::string email = "a@b.cd";
    gatehouse::Date day;
    gatehouse::Time at;
    std::string uuid;
    std::string uri;
    Color color = Color::red;
    std::chrono::seconds wait{1};
    std::vector<std::int64_t> list;
    std::optional<Inner> inner;
    std::vector<Inner> inners;
    std::map<std::string, int> map;
    int even = 0;
    std::optional<int> even_maybe;
    int low = 0;
    int high = 0;
    Money money;
    gatehouse::RawJson raw;
    int read_only = 0;
    std::string secret;
};

constexpr bool is_even(int value) { return value % 2 == 0; }

constexpr auto describe(Wide*) {
    using namespace gatehouse;
    return fields(field("flag", &Wide::flag, optional_default),
                  field("count", &Wide::count, optional_default, minimum(1), maximum(10)),
                  field("big", &Wide::big, optional_default), field("small", &Wide::small, optional_default),
                  field("ratio", &Wide::ratio, optional_default, minimum(0.0), maximum(1.0)),
                  field("maybe", &Wide::maybe), field("patch", &Wide::patch, not_null),
                  field("text", &Wide::text, optional_default, min_length(1), max_length(5)),
                  field("email", &Wide::email, optional_default, gatehouse::email),
                  field("day", &Wide::day, optional_default), field("at", &Wide::at, optional_default),
                  field("uuid", &Wide::uuid, optional_default, gatehouse::uuid),
                  field("uri", &Wide::uri, optional_default, gatehouse::uri),
                  field("color", &Wide::color, optional_default), field("wait", &Wide::wait, optional_default),
                  field("list", &Wide::list, optional_default, max_items(3), each(minimum(1))),
                  field("inner", &Wide::inner), field("inners", &Wide::inners, optional_default),
                  field("map", &Wide::map, optional_default),
                  field("even", &Wide::even, optional_default, satisfies(is_even, "must be even")),
                  field("even_maybe", &Wide::even_maybe, satisfies(is_even, "must be even")),
                  field("low", &Wide::low, optional_default), field("high", &Wide::high, optional_default),
                  field("money", &Wide::money, optional_default), field("raw", &Wide::raw, optional_default),
                  field("read_only", &Wide::read_only, gatehouse::read_only),
                  field("secret", &Wide::secret, optional_default, write_only))
        .check([](const Wide& value, FieldErrors& errors) {
            if (value.high < value.low) errors.add("high", "must not be below low");
        });
}

}  // namespace wide

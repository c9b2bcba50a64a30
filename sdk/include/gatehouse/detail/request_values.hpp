// Typed values out of paths and queries. Part of request.hpp.
#pragma once

#include <gatehouse/request.hpp>

namespace gatehouse {

namespace detail {

std::string parse_integer(std::string_view text, std::int64_t& out);
std::string parse_number(std::string_view text, double& out);
std::string parse_boolean(std::string_view text, bool& out);  // true, false, 1, 0

bool is_clean_text(std::string_view text);  // UTF-8 without NUL

template <class T>
std::string parse_value(std::string_view text, T& out) {
    if constexpr (std::is_same_v<T, std::string>) {
        out.assign(text);
        return is_clean_text(text) ? std::string() : std::string("must be UTF-8 text");
    } else if constexpr (std::is_same_v<T, bool>) {
        return parse_boolean(text, out);
    } else if constexpr (std::is_integral_v<T>) {
        std::int64_t wide = 0;
        std::string problem = parse_integer(text, wide);
        if (problem.empty() && !std::in_range<T>(wide)) problem = "is out of range";
        if (problem.empty()) out = static_cast<T>(wide);
        return problem;
    } else if constexpr (std::is_floating_point_v<T>) {
        double wide = 0;
        std::string problem = parse_number(text, wide);
        out = static_cast<T>(wide);
        return problem;
    } else if constexpr (TextType<T> && !Described<T>) {
        return parse_text(text, out) ? std::string() : std::string("is not valid");
    } else if constexpr (Described<T> && KindOf<std::remove_const_t<decltype(kDescription<T>)>>::value == 2) {
        return parse_value(text, out.*(kDescription<T>.member));
    } else {
        std::vector<FieldError> errors;  // enums, times, durations: by their JSON binding
        const JsonDocument document(Pairs{{"v", std::string(text)}}, true);
        const JsonIn root = document.root(errors);
        Binding<T>::read(root.member("v"), out, Rules{});
        return errors.empty() ? std::string() : errors.front().detail;
    }
}

[[noreturn]] void throw_bad_parameter(std::string_view name, std::string detail);
[[noreturn]] void throw_out_of_range(std::string_view name, const std::string& low, const std::string& high);

}  // namespace detail

template <class T>
T Request::path_param(std::string_view name) const {
    T value{};
    if (!detail::parse_value(raw_path_param(name), value).empty()) throw NotFound();
    return value;
}

template <class T>
std::optional<T> Request::query(std::string_view name) const {
    const std::string* text = raw_query(name);
    if (text == nullptr) return std::nullopt;
    T value{};
    if (std::string problem = detail::parse_value(*text, value); !problem.empty()) {
        detail::throw_bad_parameter(name, std::move(problem));
    }
    return value;
}

template <class T>
T Request::query(std::string_view name, T fallback) const {
    auto value = query<T>(name);
    return value ? std::move(*value) : std::move(fallback);
}

template <class T>
T Request::query(std::string_view name, T fallback, Range<T> range) const {
    const T value = query<T>(name, fallback);
    if (value < range.low || range.high < value) {
        detail::throw_out_of_range(name, to_json(range.low), to_json(range.high));
    }
    return value;
}

template <class T>
T Request::json() const {
    require_json();
    return from_json<T>(body());
}

}  // namespace gatehouse

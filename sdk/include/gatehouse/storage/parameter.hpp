// The value of a $n placeholder.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace gatehouse {

using Blob = std::vector<std::byte>;
using BlobView = std::span<const std::byte>;

template <class T>
concept StorageInteger =
    std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

// Built implicitly from what Transaction::query() is given: integers, bool, floating point, text, bytes, nullptr, and
// std::optional of these. Borrows text and bytes: they must live until the query returns.
class Parameter {
public:
    using Value = std::variant<std::monostate, std::int64_t, double, bool, std::string_view, BlobView>;

    Parameter(std::nullptr_t) {}
    Parameter(std::nullopt_t) {}

    template <StorageInteger T>
    Parameter(T value) : value_(static_cast<std::int64_t>(value)) {
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::int64_t)) {
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
                throw std::out_of_range("integer parameter is larger than 2^63 - 1");
            }
        }
    }

    template <std::same_as<bool> T>
    Parameter(T value) : value_(value) {}

    template <std::floating_point T>
    Parameter(T value) : value_(static_cast<double>(value)) {}

    template <class T>
    requires std::convertible_to<const T&, std::string_view> &&
        (!std::same_as<T, std::nullptr_t>)Parameter(const T& value)
        : value_(std::string_view(value)) {}

    template <class T>
    requires std::convertible_to<const T&, BlobView> &&
        (!std::convertible_to<const T&, std::string_view>)Parameter(const T& value)
        : value_(BlobView(value)) {}

    template <class T>
    Parameter(const std::optional<T>& value) {
        if (value) value_ = Parameter(*value).value();
    }

    const Value& value() const noexcept { return value_; }

private:
    Value value_;
};

}  // namespace gatehouse

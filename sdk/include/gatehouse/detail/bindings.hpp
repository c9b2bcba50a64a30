// Binding<T>: how a C++ type is read from JSON, written to it and described by a schema. Chosen by type; users extend
// it through describe(T*) or parse_text()/to_text() (describe.hpp), not here.
//
//     static bool read(const JsonIn&, T&, const Rules&);   false = at least one error was added
//     static void write(JsonOut&, const T&);
//     static std::string schema(Schemas&);                 one schema object as text
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/detail/json_in.hpp>
#include <gatehouse/detail/json_out.hpp>
#include <gatehouse/detail/schemas.hpp>
#include <gatehouse/patch.hpp>
#include <gatehouse/time.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace gatehouse {

// A piece of JSON that is passed on as it is. In a request: any JSON value, kept as compact text.
struct RawJson {
    std::string text = "null";
};

// The same, described in the document as a T: what another service has made and nobody looks into here.
template <class T>
struct RawJsonOf : RawJson {
    RawJsonOf() = default;
    RawJsonOf(RawJson json) : RawJson(std::move(json)) {}  // NOLINT(google-explicit-constructor)
};

namespace detail {

template <class T>
struct Binding;

template <>
struct Binding<bool> {
    static bool read(const JsonIn& in, bool& out, const Rules&) { return in.read(out); }
    static void write(JsonOut& out, bool value) { out.value(value); }
    static std::string schema(Schemas&) { return R"({"type":"boolean"})"; }
};

template <class T>
requires(std::integral<T> && !std::same_as<T, bool>) struct Binding<T> {
    static bool read(const JsonIn& in, T& out, const Rules& rules) {
        if constexpr (std::same_as<T, std::uint64_t>) {
            return in.read(out, rules);
        } else {
            std::int64_t wide = 0;
            if (!in.read(wide, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), rules)) return false;
            out = static_cast<T>(wide);
            return true;
        }
    }
    static void write(JsonOut& out, T value) {
        out.value(static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    }
    static std::string schema(Schemas&) {
        return sizeof(T) == 8 ? R"({"type":"integer","format":"int64"})" : R"({"type":"integer","format":"int32"})";
    }
};

template <std::floating_point T>
struct Binding<T> {
    static bool read(const JsonIn& in, T& out, const Rules& rules) {
        double wide = 0;
        if (!in.read(wide, rules)) return false;
        out = static_cast<T>(wide);
        return true;
    }
    static void write(JsonOut& out, T value) { out.value(static_cast<double>(value)); }
    static std::string schema(Schemas&) { return R"({"type":"number"})"; }
};

template <>
struct Binding<std::string> {
    static bool read(const JsonIn& in, std::string& out, const Rules& rules) { return in.read(out, rules); }
    static void write(JsonOut& out, const std::string& value) { out.value(std::string_view(value)); }
    static std::string schema(Schemas&) { return R"({"type":"string"})"; }
};

template <>
struct Binding<std::string_view> {  // output only
    static void write(JsonOut& out, std::string_view value) { out.value(value); }
    static std::string schema(Schemas&) { return R"({"type":"string"})"; }
};

template <>
struct Binding<RawJson> {
    static bool read(const JsonIn& in, RawJson& out, const Rules&) { return in.read_raw(out.text); }
    static void write(JsonOut& out, const RawJson& value) { out.raw(value.text); }
    static std::string schema(Schemas&) { return "{}"; }
};

template <class T>
struct Binding<RawJsonOf<T>> : Binding<RawJson> {
    static std::string schema(Schemas& schemas) { return Binding<T>::schema(schemas); }
};

template <>
struct Binding<Time> {
    static bool read(const JsonIn& in, Time& out, const Rules& rules);
    static void write(JsonOut& out, Time value) { out.value(std::string_view(to_rfc3339(value))); }
    static std::string schema(Schemas&) { return R"({"type":"string","format":"date-time"})"; }
};

template <>
struct Binding<Date> {
    static bool read(const JsonIn& in, Date& out, const Rules& rules);
    static void write(JsonOut& out, Date value) { out.value(std::string_view(to_iso_date(value))); }
    static std::string schema(Schemas&) { return R"({"type":"string","format":"date"})"; }
};

bool read_duration(const JsonIn& in, std::chrono::milliseconds& out);

// "15m"; a value finer than the type's unit is refused.
template <class Rep, class Period>
struct Binding<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;
    static bool read(const JsonIn& in, Duration& out, const Rules&) {
        std::chrono::milliseconds wide{};
        if (!read_duration(in, wide)) return false;
        out = std::chrono::duration_cast<Duration>(wide);
        if (std::chrono::duration_cast<std::chrono::milliseconds>(out) != wide)
            return in.fail("is too fine a duration");
        return true;
    }
    static void write(JsonOut& out, Duration value) {
        out.value(std::string_view(to_duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(value))));
    }
    static std::string schema(Schemas&) { return R"({"type":"string","pattern":"^[0-9]+(ms|s|m|h|d)$"})"; }
};

template <class T>
requires(TextType<T> && !Described<T>) struct Binding<T> {
    static bool read(const JsonIn& in, T& out, const Rules& rules) {
        std::string text;
        if (!in.read(text, rules)) return false;
        return parse_text(std::string_view(text), out) || in.fail("is not valid");
    }
    static void write(JsonOut& out, const T& value) { out.value(std::string_view(std::string(to_text(value)))); }
    static std::string schema(Schemas&) { return R"({"type":"string"})"; }
};

template <class T>
struct Binding<std::optional<T>> {
    static bool read(const JsonIn& in, std::optional<T>& out, const Rules& rules) {
        if (in.is_null()) {
            out.reset();
            return !rules.refuses_null || in.fail("must not be null");
        }
        return Binding<T>::read(in, out.emplace(), rules);
    }
    static void write(JsonOut& out, const std::optional<T>& value) {
        if (value) {
            Binding<T>::write(out, *value);
        } else {
            out.null();
        }
    }
    static std::string schema(Schemas& schemas) { return Schemas::nullable(Binding<T>::schema(schemas)); }
};

template <class T>
struct Binding<Patch<T>> {
    static bool read(const JsonIn& in, Patch<T>& out, const Rules& rules) {
        if (in.is_null()) {
            out = Patch<T>(std::nullopt);
            return !rules.refuses_null || in.fail("must not be null");
        }
        T value{};
        if (!Binding<T>::read(in, value, rules)) return false;
        out = Patch<T>(std::move(value));
        return true;
    }
    static void write(JsonOut& out, const Patch<T>& value) {
        if (value.has_value()) {
            Binding<T>::write(out, value.value());
        } else {
            out.null();
        }
    }
    static std::string schema(Schemas& schemas) { return Schemas::nullable(Binding<T>::schema(schemas)); }
};

template <class T>
struct Binding<std::vector<T>> {
    static bool read(const JsonIn& in, std::vector<T>& out, const Rules& rules) {
        std::size_t size = 0;
        if (!in.size(size, rules)) return false;
        Rules item;
        static_cast<ValueRules&>(item) = rules.item;
        out.clear();
        out.reserve(size);
        bool good = true;
        for (std::size_t index = 0; index < size; ++index) {
            T value{};
            good = Binding<T>::read(in.element(index), value, item) && good;
            out.push_back(std::move(value));
        }
        return good;
    }
    static void write(JsonOut& out, const std::vector<T>& list) {
        out.begin_array();
        for (const auto& value : list) Binding<T>::write(out, value);
        out.end_array();
    }
    static std::string schema(Schemas& schemas) {
        return R"({"type":"array","items":)" + Binding<T>::schema(schemas) + "}";
    }
};

template <class T>
struct Binding<std::map<std::string, T>> {
    static bool read(const JsonIn& in, std::map<std::string, T>& out, const Rules&) {
        if (!in.enter_object()) return false;
        bool good = true;
        out.clear();
        for (std::size_t index = 0; index < in.member_count(); ++index) {
            const std::string_view name = in.member_name(index);
            good = Binding<T>::read(in.member(name), out[std::string(name)], Rules{}) && good;
        }
        return good;
    }
    static void write(JsonOut& out, const std::map<std::string, T>& map) {
        out.begin_object();
        for (const auto& [name, value] : map) {
            out.key(name);
            Binding<T>::write(out, value);
        }
        out.end_object();
    }
    static std::string schema(Schemas& schemas) {
        return R"({"type":"object","additionalProperties":)" + Binding<T>::schema(schemas) + "}";
    }
};

}  // namespace detail
}  // namespace gatehouse

#include <gatehouse/detail/described.hpp>

#include "sdk/storage/postgresql/values.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::postgresql {

namespace {

// Object ids of built-in types; they are part of PostgreSQL's stable interface (pg_type.dat).
enum Type : pqxx::oid {
    kBool = 16,
    kBytea = 17,
    kInt8 = 20,
    kInt2 = 21,
    kInt4 = 23,
    kOid = 26,
    kFloat4 = 700,
    kFloat8 = 701,
    kNumeric = 1700,
};

constexpr char kHex[] = "0123456789abcdef";

struct Encoder {
    std::optional<std::string> operator()(std::monostate) const { return std::nullopt; }
    std::optional<std::string> operator()(std::int64_t integer) const { return std::to_string(integer); }
    std::optional<std::string> operator()(double real) const {
        std::array<char, 32> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), real).ptr;
        return std::string(text.data(), end);
    }
    std::optional<std::string> operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::optional<std::string> operator()(std::string_view text) const { return std::string(text); }
    std::optional<std::string> operator()(BlobView bytes) const {
        std::string text = "\\x";
        text.reserve(2 + 2 * bytes.size());
        for (const std::byte byte : bytes) {
            text += kHex[std::to_integer<unsigned>(byte) >> 4U];
            text += kHex[std::to_integer<unsigned>(byte) & 15U];
        }
        return text;
    }
};

template <class T>
std::optional<T> parse(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

unsigned nibble(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

Blob decode_bytes(std::string_view text) {
    if (!text.starts_with("\\x")) throw StorageError("PostgreSQL: bytea_output is not hex");
    Blob bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(nibble(text[i]) << 4U | nibble(text[i + 1])));
    }
    return bytes;
}

template <class T>
Cell number(std::string_view text) {
    if (const auto value = parse<T>(text)) return *value;
    throw StorageError("PostgreSQL: cannot read the number \"" + std::string(text) + "\"");
}

}  // namespace

std::optional<std::string> encode(const Parameter& parameter) { return std::visit(Encoder{}, parameter.value()); }

Cell decode(pqxx::oid type, const char* text, std::size_t size) {
    const std::string_view view(text, size);
    switch (type) {
        case kBool: return std::int64_t{view == "t"};
        case kInt2:
        case kInt4:
        case kInt8:
        case kOid: return number<std::int64_t>(view);
        case kFloat4:
        case kFloat8: return number<double>(view);
        case kNumeric:
            if (const auto integer = parse<std::int64_t>(view)) return *integer;
            return number<double>(view);
        case kBytea: return decode_bytes(view);
        default: return std::string(view);
    }
}

}  // namespace gatehouse::storage::postgresql

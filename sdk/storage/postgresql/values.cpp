#include "sdk/storage/postgresql/values.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::postgresql {

namespace {

// Object ids of built-in types; they are part of PostgreSQL's stable interface (pg_type.dat).
enum Type : Oid {
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

constexpr std::size_t kNull = static_cast<std::size_t>(-1);

// Appends a value's text; false: NULL.
struct Encoder {
    std::string& out;

    bool operator()(std::monostate) const { return false; }
    bool operator()(std::int64_t integer) const { return number(integer); }
    bool operator()(double real) const { return number(real); }
    bool operator()(bool boolean) const {
        out += boolean ? "true" : "false";
        return true;
    }
    bool operator()(std::string_view text) const {
        out += text;
        return true;
    }
    bool operator()(BlobView bytes) const {
        out += "\\x";
        for (const std::byte byte : bytes) {
            out += kHex[std::to_integer<unsigned>(byte) >> 4U];
            out += kHex[std::to_integer<unsigned>(byte) & 15U];
        }
        return true;
    }

private:
    template <class Number>
    bool number(Number value) const {
        std::array<char, 32> text{};
        out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
        return true;
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

void Values::assign(std::span<const Parameter> parameters) {
    texts_.clear();
    starts_.clear();
    pointers_.clear();
    for (const Parameter& parameter : parameters) {
        const std::size_t start = texts_.size();
        const bool has_value = std::visit(Encoder{texts_}, parameter.value());
        texts_ += '\0';
        starts_.push_back(has_value ? start : kNull);
    }
    for (const std::size_t start : starts_) pointers_.push_back(start == kNull ? nullptr : texts_.data() + start);
}

Cell decode(Oid type, std::string_view view) {
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

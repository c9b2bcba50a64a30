// The JSON of a token's header and claims, read as strictly as a security decision deserves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace auth {

// Everything a token of ours never holds (null, booleans, fractions, objects, mixed arrays). It matches no rule.
struct OtherJson {};
using TokenValue = std::variant<OtherJson, std::int64_t, std::string, std::vector<std::string>>;

class TokenObject {
public:
    // Empty unless text is exactly one JSON object in UTF-8, without duplicate members (RFC 8725, 2.4) at any level, at
    // most 8 levels deep and 64 members in all.
    [[nodiscard]] static std::optional<TokenObject> parse(std::string_view text);

    [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
    // Null when absent or of another type.
    [[nodiscard]] const std::string* text(std::string_view name) const { return as<std::string>(name); }
    [[nodiscard]] const std::int64_t* integer(std::string_view name) const { return as<std::int64_t>(name); }
    [[nodiscard]] const std::vector<std::string>* texts(std::string_view name) const {
        return as<std::vector<std::string>>(name);
    }

private:
    friend class TokenObjectBuilder;

    template <class T>
    const T* as(std::string_view name) const {
        const TokenValue* value = find(name);
        return value == nullptr ? nullptr : std::get_if<T>(value);
    }
    const TokenValue* find(std::string_view name) const;

    std::vector<std::pair<std::string, TokenValue>> members_;
};

// text as a JSON string literal.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace auth

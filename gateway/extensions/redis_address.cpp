#include "gateway/extensions/redis_address.hpp"

#include <charconv>

namespace gatehouse::extensions {

namespace {

constexpr std::string_view kTcp = "redis://";
constexpr std::string_view kUnix = "redis+unix:";
constexpr std::uint32_t kDatabaseMax = 65'535;

template <class Number>
bool parse(std::string_view text, Number least, Number most, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= least && number <= most;
}

// Cuts "USER@" off the front of rest.
bool take_user(std::string_view& rest, RedisAddress& address) {
    const std::size_t at = rest.find('@');
    if (at == std::string_view::npos) return true;
    address.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    return !address.user.empty() && address.user.find(':') == std::string::npos;
}

Result<RedisAddress> parse_unix(std::string_view rest, RedisAddress address) {
    address.is_unix = true;
    const std::size_t question = rest.find('?');
    if (question != std::string_view::npos) {
        const std::string_view query = rest.substr(question + 1);
        if (!query.starts_with("db=") || !parse<std::uint32_t>(query.substr(3), 0, kDatabaseMax, address.database)) {
            return Error{"after the path only ?db=NUMBER may follow"};
        }
        rest = rest.substr(0, question);
    }
    if (!rest.starts_with('/')) return Error{"the path of a socket begins with '/'"};
    address.host = rest;
    return address;
}

}  // namespace

Result<RedisAddress> parse_redis_address(std::string_view text) {
    RedisAddress address;
    const bool is_tcp = text.starts_with(kTcp);
    if (!is_tcp && !text.starts_with(kUnix)) return Error{"write redis://HOST:PORT/DATABASE or redis+unix:/PATH"};
    std::string_view rest = text.substr(is_tcp ? kTcp.size() : kUnix.size());
    if (!take_user(rest, address)) return Error{"a password does not belong into the address: write it as password:"};
    if (!is_tcp) return parse_unix(rest, std::move(address));

    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos) {
        const std::string_view database = rest.substr(slash + 1);
        if (!database.empty() && !parse<std::uint32_t>(database, 0, kDatabaseMax, address.database)) {
            return Error{"after the '/' comes the number of the database"};
        }
        rest = rest.substr(0, slash);
    }
    const std::size_t bracket = rest.rfind(']');
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        if (!parse<std::uint16_t>(rest.substr(colon + 1), 1, 65'535, address.port)) return Error{"that is not a port"};
        rest = rest.substr(0, colon);
    }
    if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
    if (rest.empty()) return Error{"there is no host"};
    address.host = rest;
    return address;
}

std::string to_string(const RedisAddress& address) {
    if (address.is_unix) return address.host;
    return address.host + ":" + std::to_string(address.port) + "/" + std::to_string(address.database);
}

}  // namespace gatehouse::extensions

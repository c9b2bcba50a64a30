#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace gatehouse::extensions {

// "redis://[USER@]HOST[:PORT][/DATABASE]" or "redis+unix:[USER@]/PATH[?db=DATABASE]". A password is never part of it.
struct RedisAddress {
    std::string user;  // empty = "default"
    std::string host;  // or the path of a Unix socket
    std::uint16_t port = 6379;
    bool is_unix = false;
    std::uint32_t database = 0;
};

Result<RedisAddress> parse_redis_address(std::string_view text);
// "10.0.0.3:6379/0" or "/run/redis.sock", for messages.
std::string to_string(const RedisAddress& address);

}  // namespace gatehouse::extensions

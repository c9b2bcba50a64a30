#pragma once

#include <gatehouse/abi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/time.hpp"
#include "gateway/extensions/redis_address.hpp"

struct redisContext;

namespace gatehouse::extensions {

struct RedisReply {
    enum class Kind : std::uint8_t { nothing, text, number, list, error };
    Kind kind = Kind::nothing;
    std::string text;  // of text and error
    std::int64_t number = 0;
    std::vector<RedisReply> items;

    bool is_error(std::string_view prefix) const { return kind == Kind::error && text.starts_with(prefix); }
};

// No reply: what happened to the command is unknown if it may have been sent.
struct RedisFailure {
    gh_status status = GH_E_UNAVAILABLE;  // or GH_E_TIMEOUT
    std::string_view reason;              // a static token
    std::string message;                  // for operators
};

struct RedisLogin {
    RedisAddress address;
    std::string password;  // empty = none
};

// One blocking connection, made when it is first needed and again after a failure. One thread at a time.
class RedisConnection final {
public:
    explicit RedisConnection(RedisLogin login) : login_(std::move(login)) {}

    // One command with its arguments, any octets; answered or given up by the deadline. An error reply is a reply.
    // After a failure the connection is closed: a late reply must never be taken for the next one's.
    Result<RedisReply, RedisFailure> run(const std::vector<std::string_view>& arguments, TimePoint deadline);

private:
    struct Close {
        void operator()(redisContext* context) const;
    };
    std::optional<RedisFailure> connect(TimePoint deadline);
    std::optional<RedisFailure> log_in(TimePoint deadline);
    Result<RedisReply, RedisFailure> exchange(const std::vector<std::string_view>& arguments, TimePoint deadline);
    bool was_closed_by_server() const;
    RedisFailure failure(std::string_view reason) const;

    RedisLogin login_;
    std::unique_ptr<redisContext, Close> context_;
};

}  // namespace gatehouse::extensions

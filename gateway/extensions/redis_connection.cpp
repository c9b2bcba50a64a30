#include "gateway/extensions/redis_connection.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace gatehouse::extensions {

namespace {

struct FreeReply {
    void operator()(void* reply) const { freeReplyObject(reply); }
};

// Never zero: hiredis takes that for "for ever".
timeval until(TimePoint deadline) {
    const auto left = std::max<std::chrono::microseconds::rep>(
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now()).count(), 1'000);
    return {static_cast<time_t>(left / 1'000'000), static_cast<suseconds_t>(left % 1'000'000)};
}

RedisReply copy(const redisReply& reply) {
    RedisReply copied;
    switch (reply.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            copied.kind = RedisReply::Kind::text;
            copied.text.assign(reply.str, reply.len);
            break;
        case REDIS_REPLY_ERROR:
            copied.kind = RedisReply::Kind::error;
            copied.text.assign(reply.str, reply.len);
            break;
        case REDIS_REPLY_INTEGER:
            copied.kind = RedisReply::Kind::number;
            copied.number = reply.integer;
            break;
        case REDIS_REPLY_ARRAY:
            copied.kind = RedisReply::Kind::list;
            for (std::size_t i = 0; i < reply.elements; ++i) copied.items.push_back(copy(*reply.element[i]));
            break;
        default: break;  // nil
    }
    return copied;
}

}  // namespace

void RedisConnection::Close::operator()(redisContext* context) const { redisFree(context); }

Result<RedisReply, RedisFailure> RedisConnection::run(const std::vector<std::string_view>& arguments,
                                                      TimePoint deadline) {
    if (context_ && was_closed_by_server()) context_.reset();
    if (!context_) {
        if (const auto failed = connect(deadline)) {
            context_.reset();
            return *failed;
        }
    }
    auto reply = exchange(arguments, deadline);
    if (!reply) context_.reset();
    return reply;
}

std::optional<RedisFailure> RedisConnection::connect(TimePoint deadline) {
    const RedisAddress& address = login_.address;
    context_.reset(address.is_unix ? redisConnectUnixWithTimeout(address.host.c_str(), until(deadline))
                                   : redisConnectWithTimeout(address.host.c_str(), address.port, until(deadline)));
    if (!context_) return RedisFailure{GH_E_UNAVAILABLE, "no_memory", "out of memory"};
    if (context_->err != 0) return failure("connect_failed");
    if (!address.is_unix) redisEnableKeepAlive(context_.get());
    return log_in(deadline);
}

std::optional<RedisFailure> RedisConnection::log_in(TimePoint deadline) {
    const auto perform = [&](const std::vector<std::string_view>& arguments,
                             std::string_view reason) -> std::optional<RedisFailure> {
        auto reply = exchange(arguments, deadline);
        if (!reply) return reply.error();
        if (reply->kind != RedisReply::Kind::error) return std::nullopt;
        return RedisFailure{GH_E_UNAVAILABLE, reason, std::move(reply->text)};
    };
    if (!login_.password.empty()) {
        std::vector<std::string_view> arguments = {"AUTH"};
        if (!login_.address.user.empty()) arguments.emplace_back(login_.address.user);
        arguments.emplace_back(login_.password);
        if (auto failed = perform(arguments, "login_refused")) return failed;
    }
    if (login_.address.database == 0) return std::nullopt;
    const std::string database = std::to_string(login_.address.database);
    return perform({"SELECT", database}, "login_refused");
}

Result<RedisReply, RedisFailure> RedisConnection::exchange(const std::vector<std::string_view>& arguments,
                                                           TimePoint deadline) {
    redisSetTimeout(context_.get(), until(deadline));
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string_view argument : arguments) {
        texts.push_back(argument.data());
        sizes.push_back(argument.size());
    }
    const std::unique_ptr<void, FreeReply> reply(
        redisCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()));
    if (!reply) return failure("connection_lost");
    return copy(*static_cast<const redisReply*>(reply.get()));
}

// Between two commands the server has nothing to say: what can be read is the end.
bool RedisConnection::was_closed_by_server() const {
    pollfd socket{context_->fd, POLLIN, 0};
    return ::poll(&socket, 1, 0) != 0;
}

RedisFailure RedisConnection::failure(std::string_view reason) const {
    const bool is_late =
        context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETIMEDOUT);
    RedisFailure failed;
    failed.status = is_late ? GH_E_TIMEOUT : GH_E_UNAVAILABLE;
    failed.reason = is_late ? "timeout" : reason;
    failed.message = is_late ? "no answer in time" : context_->errstr;
    return failed;
}

}  // namespace gatehouse::extensions

#include "gateway/extensions/redis_kv.hpp"

#include <charconv>
#include <utility>

namespace gatehouse::extensions {

namespace {

// ARGV: condition, expected version or value, value, time to live.  -> applied, version, whether it was there before
const RedisScript& set_script() {
    static const RedisScript script(R"(
local n = redis.call('HGET', KEYS[1], 'n')
local c = ARGV[1]
if (c == 'absent' and n) or (c == 'version' and (n or '0') ~= ARGV[2])
    or (c == 'value' and redis.call('HGET', KEYS[1], 'v') ~= ARGV[2]) then
  return {0, n or '0', n and 1 or 0}
end
local t = redis.call('TIME')
local version = string.format('%.0f', math.max((tonumber(n) or 0) + 1, t[1] * 1000000 + t[2]))
redis.call('HSET', KEYS[1], 'n', version, 'v', ARGV[3])
if ARGV[4] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {1, version, n and 1 or 0})");
    return script;
}

// ARGV: condition, expected version or value.  -> applied, version, whether it was there before
const RedisScript& delete_script() {
    static const RedisScript script(R"(
local n = redis.call('HGET', KEYS[1], 'n')
local c = ARGV[1]
if not n then return {0, '0', 0} end
if (c == 'version' and n ~= ARGV[2]) or (c == 'value' and redis.call('HGET', KEYS[1], 'v') ~= ARGV[2]) then
  return {0, n, 1}
end
redis.call('DEL', KEYS[1])
return {1, n, 1})");
    return script;
}

// ARGV: delta, time to live.  -> 1, version, whether it was there before, the number; or 0, why not.
// The number is read back as text: Lua's own would lose digits above 2^53.
const RedisScript& increment_script() {
    static const RedisScript script(R"(
local n = redis.call('HGET', KEYS[1], 'n')
local sum = redis.pcall('HINCRBY', KEYS[1], 'v', ARGV[1])
if type(sum) == 'table' then
  if string.find(sum.err, 'overflow', 1, true) then return {0, 'overflow'} end
  if string.find(sum.err, 'not an integer', 1, true) then return {0, 'not_a_number'} end
  return sum
end
local t = redis.call('TIME')
local version = string.format('%.0f', math.max((tonumber(n) or 0) + 1, t[1] * 1000000 + t[2]))
redis.call('HSET', KEYS[1], 'n', version)
if not n and ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {1, version, n and 1 or 0, redis.call('HGET', KEYS[1], 'v')})");
    return script;
}

std::string condition_word(KvCommand::Condition condition) {
    switch (condition) {
        case KvCommand::Condition::none: return "none";
        case KvCommand::Condition::is_absent: return "absent";
        case KvCommand::Condition::has_version: return "version";
        case KvCommand::Condition::has_value: return "value";
    }
    return {};
}

RedisCommand to_redis(KvCommand command) {
    std::string key = "gatehouse:kv:{" + command.service + "}:" + command.key;
    const bool by_version = command.condition == KvCommand::Condition::has_version;
    std::string expected = by_version ? std::to_string(command.version) : std::move(command.expected);
    std::string ttl = std::to_string(command.ttl.count());
    switch (command.kind) {
        case KvCommand::Kind::get: return {nullptr, 0, {"HMGET", std::move(key), "n", "v"}};
        case KvCommand::Kind::set:
            return {&set_script(),
                    1,
                    {std::move(key), condition_word(command.condition), std::move(expected), std::move(command.value),
                     std::move(ttl)}};
        case KvCommand::Kind::remove:
            return {&delete_script(), 1, {std::move(key), condition_word(command.condition), std::move(expected)}};
        case KvCommand::Kind::increment:
            return {&increment_script(), 1, {std::move(key), std::to_string(command.delta), std::move(ttl)}};
    }
    return {};
}

template <class Number>
bool parse(const RedisReply& reply, Number& number) {
    const char* const end = reply.text.data() + reply.text.size();
    const auto [stop, error] = std::from_chars(reply.text.data(), end, number);
    return reply.kind == RedisReply::Kind::text && error == std::errc() && stop == end;
}

// The key in Redis is not one of ours, or not as we write them.
KvAnswer unreadable() { return KvAnswer::failure(GH_E_UNAVAILABLE, "unexpected_reply"); }

KvAnswer read_value(RedisReply& reply) {
    KvAnswer answer;
    if (reply.items.size() != 2) return unreadable();
    if (reply.items[0].kind == RedisReply::Kind::nothing) return answer;
    if (!parse(reply.items[0], answer.version)) return unreadable();
    answer.was_found = true;
    answer.value = std::make_shared<const std::string>(std::move(reply.items[1].text));
    return answer;
}

KvAnswer read_change(const RedisReply& reply, KvCommand::Kind kind) {
    KvAnswer answer;
    if (reply.items.size() < 2) return unreadable();
    answer.was_applied = reply.items[0].number == 1;
    if (kind == KvCommand::Kind::increment && !answer.was_applied) {
        return reply.items[1].text == "overflow" ? KvAnswer::failure(GH_E_LIMIT, "overflow")
                                                 : KvAnswer::failure(GH_E_INVALID, "not_a_number");
    }
    if (reply.items.size() < 3 || !parse(reply.items[1], answer.version)) return unreadable();
    answer.was_found = reply.items[2].number == 1;
    if (kind == KvCommand::Kind::increment &&
        (reply.items.size() < 4 || !parse<std::int64_t>(reply.items[3], answer.number))) {
        return unreadable();
    }
    return answer;
}

}  // namespace

void RedisKv::answer_later(KvCommand command, Done done) {
    const KvCommand::Kind kind = command.kind;
    client_.run(to_redis(std::move(command)), [kind, done = std::move(done)](Result<RedisReply, RedisFailure> reply) {
        if (!reply) return done(KvAnswer::failure(reply.error().status, reply.error().reason));
        done(kind == KvCommand::Kind::get ? read_value(*reply) : read_change(*reply, kind));
    });
}

}  // namespace gatehouse::extensions

#include "gateway/extensions/redis_lease_store.hpp"

#include <charconv>
#include <utility>

namespace gatehouse::extensions {

namespace {

// KEYS: lease, fence.  ARGV: owner, time to live.  -> token, or nothing if somebody else holds it
const RedisScript& acquire_script() {
    static const RedisScript script(R"(
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  local t = redis.call('TIME')
  local last = tonumber(redis.call('GET', KEYS[2]) or '0') or 0
  local token = string.format('%.0f', math.max(last + 1, t[1] * 1000000 + t[2]))
  redis.call('SET', KEYS[2], token)
  return token
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[2]))");
    return script;
}

// KEYS: lease, fence.  ARGV: owner, time to live.  -> token, or nothing if it is lost
const RedisScript& renew_script() {
    static const RedisScript script(R"(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[2]))");
    return script;
}

// KEYS: lease, fence.  ARGV: owner
const RedisScript& release_script() {
    static const RedisScript script(R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return false)");
    return script;
}

RedisCommand command(const RedisScript& script, const LeaseName& name, std::vector<std::string> arguments) {
    RedisCommand made{&script, 2, {}};
    made.arguments.push_back("gatehouse:lease:{" + name.service + "}:" + name.name);
    made.arguments.push_back("gatehouse:fence:{" + name.service + "}:" + name.name);
    for (std::string& argument : arguments) made.arguments.push_back(std::move(argument));
    return made;
}

LeaseStore::Answer read(const Result<RedisReply, RedisFailure>& reply) {
    if (!reply) return {LeaseStore::Verdict::unknown, 0};
    if (reply->kind == RedisReply::Kind::nothing) return {LeaseStore::Verdict::taken, 0};
    LeaseStore::Answer answer{LeaseStore::Verdict::held, 0};
    const char* const end = reply->text.data() + reply->text.size();
    const auto [stop, error] = std::from_chars(reply->text.data(), end, answer.token);
    if (error != std::errc() || stop != end) return {LeaseStore::Verdict::unknown, 0};
    return answer;
}

}  // namespace

void RedisLeaseStore::acquire(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl,
                              Done done) {
    client_.run(command(acquire_script(), name, {owner, std::to_string(ttl.count())}),
                [done = std::move(done)](const auto& reply) { done(read(reply)); });
}

void RedisLeaseStore::renew(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) {
    client_.run(command(renew_script(), name, {owner, std::to_string(ttl.count())}),
                [done = std::move(done)](const auto& reply) { done(read(reply)); });
}

void RedisLeaseStore::release(const LeaseName& name, const std::string& owner, Done done) {
    client_.run(command(release_script(), name, {owner}),
                [done = std::move(done)](const auto& reply) { done(read(reply)); });
}

}  // namespace gatehouse::extensions

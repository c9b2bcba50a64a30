#include "gateway/extensions/redis_client.hpp"

#include <openssl/evp.h>
#include <pthread.h>

#include <array>
#include <utility>

namespace gatehouse::extensions {

namespace {

std::size_t bytes_of(const RedisCommand& command) {
    std::size_t bytes = 0;
    for (const std::string& argument : command.arguments) bytes += argument.size();
    return bytes;
}

// Only how it went between us and the server; an error reply of a script is an answer.
bool is_healthy(const Result<RedisReply, RedisFailure>& reply) { return static_cast<bool>(reply); }

RedisFailure refused(std::string text) {
    // BUSY, LOADING, READONLY, OOM, MISCONF, NOPERM, NOAUTH …: the server is there and will not do it now.
    return {GH_E_UNAVAILABLE, "server_refused", std::move(text)};
}

}  // namespace

RedisScript::RedisScript(std::string_view text) : text_(text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), octets.data(), &size, EVP_sha1(), nullptr);
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (unsigned int i = 0; i < size; ++i) {
        digest_ += kDigits[octets.at(i) >> 4];
        digest_ += kDigits[octets.at(i) & 15];
    }
}

RedisClient::RedisClient(Options options) : options_(std::move(options)), circuit_(options_.circuit) {
    for (std::size_t i = 0; i < options_.connections; ++i) threads_.emplace_back(&RedisClient::run_thread, this);
}

RedisClient::~RedisClient() {
    std::deque<Job> left;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        left.swap(queue_);
    }
    work_available_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    for (Job& job : left) job.done(RedisFailure{GH_E_CANCELED, "stopping", {}});
}

void RedisClient::run(RedisCommand command, Done done) {
    const TimePoint now = Clock::now();
    Job job{std::move(command), std::move(done), now + options_.timeout, 0};
    job.bytes = bytes_of(job.command);
    RedisFailure failure;
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            failure = {GH_E_CANCELED, "stopping", {}};
        } else if (queue_.size() >= options_.queue_max ||
                   (!queue_.empty() && queue_bytes_ + job.bytes > options_.queue_bytes_max)) {
            failure = {GH_E_LIMIT, "queue_full", {}};
        } else if (!circuit_.admit(now)) {
            failure = {GH_E_UNAVAILABLE, "circuit_open", {}};
        } else {
            queue_bytes_ += job.bytes;
            queue_.push_back(std::move(job));
            work_available_.notify_one();
            return;
        }
    }
    job.done(std::move(failure));
}

void RedisClient::run_thread() {
    ::pthread_setname_np(::pthread_self(), "gh-redis");
    RedisConnection connection(options_.login);
    std::unique_lock lock(mutex_);
    for (;;) {
        work_available_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        const Job job = std::move(queue_.front());
        queue_.pop_front();
        queue_bytes_ -= job.bytes;
        lock.unlock();
        auto reply = perform(connection, job);
        note(reply);
        if (reply && reply->kind == RedisReply::Kind::error) reply = refused(std::move(reply->text));
        job.done(std::move(reply));
        lock.lock();
    }
}

Result<RedisReply, RedisFailure> RedisClient::perform(RedisConnection& connection, const Job& job) {
    // What waited behind commands that got no answer is not worth a try of its own.
    if (Clock::now() >= job.deadline) return RedisFailure{GH_E_TIMEOUT, "timeout", "no answer in time"};
    std::vector<std::string_view> arguments;
    const RedisScript* const script = job.command.script;
    const std::string keys = std::to_string(job.command.keys);
    if (script != nullptr) arguments = {"EVALSHA", script->digest(), keys};
    arguments.insert(arguments.end(), job.command.arguments.begin(), job.command.arguments.end());
    auto reply = connection.run(arguments, job.deadline);
    if (script == nullptr || !reply || !reply->is_error("NOSCRIPT")) return reply;
    arguments[0] = "EVAL";
    arguments[1] = script->text();
    return connection.run(arguments, job.deadline);
}

void RedisClient::note(const Result<RedisReply, RedisFailure>& reply) {
    bool was_open = false;
    bool is_open = false;
    {
        const std::scoped_lock lock(mutex_);
        was_open = circuit_.is_open();
        if (is_healthy(reply)) {
            circuit_.succeeded();
        } else {
            circuit_.failed(Clock::now());
        }
        is_open = circuit_.is_open();
    }
    if (was_open != is_open) options_.on_change(!is_open, is_open ? reply.error().message : std::string_view());
}

bool RedisClient::is_up() {
    const std::scoped_lock lock(mutex_);
    return !circuit_.is_open();
}

}  // namespace gatehouse::extensions

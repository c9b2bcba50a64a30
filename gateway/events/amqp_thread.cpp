#include "gateway/events/amqp_thread.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <random>

namespace gatehouse::events {

namespace {

constexpr Duration kBackoffMin = 100ms;
constexpr Duration kBackoffMax = 10s;
constexpr Duration kLookInterval = 500ms;  // heartbeats are handled inside of calls only

}  // namespace

AmqpThread::AmqpThread(const RabbitOptions& options, std::string name, AmqpRole& role, observe::Logger& logger)
    : options_(options), name_(std::move(name)), role_(role), logger_(logger) {}

AmqpThread::~AmqpThread() { stop(Clock::now()); }

void AmqpThread::start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

AmqpThread::Status AmqpThread::status() const {
    std::scoped_lock lock(mutex_);
    return status_;
}

void AmqpThread::stop(TimePoint deadline) {
    if (!thread_.joinable()) return;
    stop_by_ = deadline.time_since_epoch().count();
    is_stopping_ = true;
    wake();
    {
        std::unique_lock lock(mutex_);
        if (!ended_.wait_until(lock, deadline, [this] { return has_ended_; }) && descriptor_ >= 0) {
            ::shutdown(descriptor_, SHUT_RDWR);  // ends whatever the thread waits for
        }
    }
    thread_.join();
}

void AmqpThread::run() {
    Duration backoff = kBackoffMin;
    std::minstd_rand random{std::random_device{}()};
    while (!is_stopping_) {
        auto opened = AmqpConnection::open(options_, name_);
        if (!opened) {
            set_status(false, opened.error().message);
        } else {
            {
                std::scoped_lock lock(mutex_);
                descriptor_ = (*opened)->descriptor();
            }
            const TimePoint since = Clock::now();
            std::string problem = serve(**opened);
            {
                std::scoped_lock lock(mutex_);
                descriptor_ = -1;
            }
            if (!problem.empty()) (*opened)->mark_broken();
            opened->reset();
            role_.lost();
            set_status(false, std::move(problem));
            if (Clock::now() - since > kBackoffMax) backoff = kBackoffMin;
        }
        const auto jitter = std::uniform_int_distribution<Duration::rep>(backoff.count() / 2, backoff.count())(random);
        pause(Duration(jitter));
        backoff = std::min(backoff * 2, kBackoffMax);
    }
    role_.lost();
    std::scoped_lock lock(mutex_);
    has_ended_ = true;
    ended_.notify_all();
}

std::string AmqpThread::serve(AmqpConnection& connection) {
    std::string problem = role_.prepare(connection);
    if (!problem.empty()) return problem;
    set_status(true, {});
    while (true) {
        problem = role_.step(connection);
        if (!problem.empty()) return problem;
        if (is_stopping_ && (role_.may_end() || must_end())) return {};
        wait_for_input(connection);
    }
}

void AmqpThread::wait_for_input(AmqpConnection& connection) {
    if (connection.has_input()) return;
    pollfd watched[] = {{connection.descriptor(), POLLIN, 0}, {wake_.descriptor(), POLLIN, 0}};
    const Duration interval = is_stopping_ ? Duration(10ms) : kLookInterval;
    ::poll(watched, 2, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(interval).count()));
    wake_.clear();
}

// Not cut short by wake(): a broker that is away is not asked more often because more is published.
void AmqpThread::pause(Duration delay) {
    const TimePoint until = Clock::now() + delay;
    while (!is_stopping_ && Clock::now() < until) {
        pollfd watched{wake_.descriptor(), POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 1)));
        wake_.clear();
        if (watched.revents != 0 && !is_stopping_) std::this_thread::sleep_for(std::min<Duration>(10ms, delay));
    }
}

void AmqpThread::set_status(bool connected, std::string problem) {
    std::string before;
    bool was = false;
    {
        std::scoped_lock lock(mutex_);
        was = status_.is_connected;
        before = status_.problem;
        status_.is_connected = connected;
        status_.was_connected = status_.was_connected || connected;
        status_.problem = problem;
    }
    if (connected && !was) {
        logger_.info("event bus connected", {{"connection", name_}, {"host", options_.host}, {"port", options_.port}});
    } else if (!connected && !is_stopping_ && (was || before != problem)) {
        logger_.warn("event bus not connected",
                     {{"connection", name_}, {"host", options_.host}, {"port", options_.port}, {"error", problem}});
    }
}

}  // namespace gatehouse::events

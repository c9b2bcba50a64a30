#include "gateway/upstream/pool.hpp"

#include <algorithm>

namespace gatehouse::upstream {

namespace {

constexpr Duration kIdleTimeout = 60s;
constexpr Duration kSweepInterval = 5s;
constexpr Duration kBackOffMin = 250ms;
constexpr Duration kBackOffMax = 4s;

}  // namespace

void Lease::keep() {
    if (Connection* connection = std::exchange(connection_, nullptr)) connection->pool->give_back(connection);
}

void Lease::discard() {
    if (Connection* connection = std::exchange(connection_, nullptr)) connection->pool->destroy(connection);
}

// A request in the queue; lives in its coroutine's frame.
struct Pool::Waiter {
    explicit Waiter(Pool& pool_in)
        : pool(pool_in), timer([](void* waiter) { static_cast<Waiter*>(waiter)->on_timeout(); }, this) {}

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) { handle = caller; }
    void await_resume() const noexcept {}

    void on_timeout() {
        std::erase(pool.waiters_, this);
        pool.publish();
        handle.resume();
    }
    Pool& pool;
    TimerWheel::Entry timer;
    std::coroutine_handle<> handle;
    bool is_granted = false;
    Connection* connection = nullptr;  // when granted; null = may make one
};

Pool::Pool(IoLoop& loop, const std::string& key, std::vector<Address> addresses, config::Pool limits)
    : loop_(loop),
      addresses_(std::move(addresses)),
      limits_(limits),
      statistics_(std::make_shared<PoolStatistics>()),
      sweep_timer_([](void* pool) { static_cast<Pool*>(pool)->on_sweep(); }, this) {
    statistics_->key = key;
    statistics_->loop = loop.index();
}

Pool::~Pool() { close_idle(); }

Lease Pool::take_idle() {
    Connection* connection = newest_idle_;
    if (connection == nullptr) return {};
    unlink_idle(*connection);
    connection->channel->listen(nullptr, nullptr);
    return Lease(connection);
}

Task<Pool::Acquired> Pool::acquire(TimePoint deadline, Duration connect_timeout) {
    if (Lease idle = take_idle()) co_return Acquired{Outcome::ok, std::move(idle)};
    if (connections_ < limits_.connections) {
        ++connections_;
        co_return co_await connect(deadline, connect_timeout);
    }
    if (waiters_.size() >= limits_.queue) co_return Acquired{Outcome::queue_full, {}};

    Waiter waiter(*this);
    waiters_.push_back(&waiter);
    publish();
    loop_.schedule(waiter.timer, std::min(deadline, Clock::now() + limits_.queue_timeout));
    co_await waiter;
    if (!waiter.is_granted) co_return Acquired{Outcome::queue_full, {}};
    if (waiter.connection != nullptr) co_return Acquired{Outcome::ok, Lease(waiter.connection)};
    co_return co_await connect(deadline, connect_timeout);
}

// REQUIRES: the connection to come is counted already.
Task<Pool::Acquired> Pool::connect(TimePoint deadline, Duration connect_timeout) {
    const std::uint32_t epoch = epoch_;
    Channel::Pointer channel = co_await connect_to_any(std::min(deadline, Clock::now() + connect_timeout));
    if (epoch == epoch_) note_connect(channel ? Outcome::ok : Outcome::connect_failed);
    if (!channel) {
        free_place(epoch);
        publish();
        co_return Acquired{Outcome::connect_failed, {}};
    }
    publish();
    co_return Acquired{Outcome::ok, Lease(new Connection{.channel = std::move(channel), .pool = this, .epoch = epoch})};
}

Task<Channel::Pointer> Pool::connect_to_any(TimePoint deadline) {
    const std::vector<Address> addresses = addresses_;  // may be replaced meanwhile
    for (std::size_t attempt = 0; attempt < addresses.size() && Clock::now() < deadline; ++attempt) {
        const Address& address = addresses[(next_address_ + attempt) % addresses.size()];
        Channel::Pointer channel = Channel::make(loop_);
        const Channel::Event event = co_await channel->connect(reinterpret_cast<const sockaddr&>(address.storage),
                                                               static_cast<socklen_t>(address.size), deadline);
        if (event == Channel::Event::data) {
            next_address_ += attempt;  // go on with the one that works
            co_return channel;
        }
    }
    co_return nullptr;
}

void Pool::note_connect(Outcome outcome) {
    statistics_->connects.fetch_add(1, std::memory_order_relaxed);
    if (outcome == Outcome::ok) {
        failures_ = 0;
        back_off_until_ = {};
    } else {
        statistics_->connect_failures.fetch_add(1, std::memory_order_relaxed);
        back_off_until_ = Clock::now() + std::min(kBackOffMax, kBackOffMin * (1 << std::min(failures_, 8u)));
        ++failures_;
    }
    statistics_->is_failing.store(outcome != Outcome::ok, std::memory_order_relaxed);
}

// Gives a connection, or with null the right to make one, to the request that has waited longest.
bool Pool::hand_over(Connection* connection) {
    if (waiters_.empty()) return false;
    Waiter* waiter = waiters_.front();
    waiters_.pop_front();
    loop_.cancel(waiter->timer);
    waiter->is_granted = true;
    waiter->connection = connection;
    loop_.post([handle = waiter->handle] { handle.resume(); });
    return true;
}

void Pool::give_back(Connection* connection) {
    Channel& channel = *connection->channel;
    connection->was_used = true;
    if (!channel.unread().empty() || channel.input_state() != Channel::Event::data || connection->epoch != epoch_) {
        destroy(connection);
        return;
    }
    if (hand_over(connection)) return;
    push_idle(*connection);
    channel.listen(&Pool::on_idle_event, connection);
    channel.read_ahead();
    if (!sweep_timer_.is_scheduled()) loop_.schedule(sweep_timer_, Clock::now() + kSweepInterval);
}

// Whatever happens on an idle connection, the peer has closed it or says something that nobody asked for.
void Pool::on_idle_event(void* context, Channel::Event) {
    auto* connection = static_cast<Connection*>(context);
    Pool& pool = *connection->pool;
    pool.unlink_idle(*connection);
    pool.destroy(connection);
}

void Pool::destroy(Connection* connection) {
    const std::uint32_t epoch = connection->epoch;
    delete connection;
    free_place(epoch);
    publish();
}

// What was begun in that epoch is gone.
void Pool::free_place(std::uint32_t epoch) {
    if (epoch != epoch_) --old_connections_;
    if (!hand_over(nullptr)) --connections_;
}

void Pool::renew(std::vector<Address> addresses) {
    addresses_ = std::move(addresses);
    close_idle();
    ++epoch_;
    old_connections_ = connections_;
    failures_ = 0;
    back_off_until_ = {};
}

void Pool::push_idle(Connection& connection) {
    connection.idle_since = Clock::now();
    connection.older = newest_idle_;
    connection.newer = nullptr;
    (newest_idle_ != nullptr ? newest_idle_->newer : oldest_idle_) = &connection;
    newest_idle_ = &connection;
    ++idle_;
    publish();
}

void Pool::unlink_idle(Connection& connection) {
    (connection.newer != nullptr ? connection.newer->older : newest_idle_) = connection.older;
    (connection.older != nullptr ? connection.older->newer : oldest_idle_) = connection.newer;
    connection.newer = connection.older = nullptr;
    --idle_;
    publish();
}

void Pool::close_idle() {
    while (oldest_idle_ != nullptr) {
        Connection* connection = oldest_idle_;
        unlink_idle(*connection);
        destroy(connection);
    }
}

void Pool::on_sweep() {
    const TimePoint too_old = Clock::now() - kIdleTimeout;
    while (oldest_idle_ != nullptr && oldest_idle_->idle_since < too_old) {
        Connection* connection = oldest_idle_;
        unlink_idle(*connection);
        destroy(connection);
    }
    if (oldest_idle_ != nullptr) loop_.schedule(sweep_timer_, Clock::now() + kSweepInterval);
}

void Pool::publish() const {
    statistics_->connections.store(connections_, std::memory_order_relaxed);
    statistics_->idle.store(idle_, std::memory_order_relaxed);
    statistics_->waiting.store(static_cast<std::uint32_t>(waiters_.size()), std::memory_order_relaxed);
}

}  // namespace gatehouse::upstream

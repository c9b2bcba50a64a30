#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/channel.hpp"
#include "gateway/base/task.hpp"
#include "gateway/config/model.hpp"
#include "gateway/upstream/address.hpp"
#include "gateway/upstream/outcome.hpp"
#include "gateway/upstream/statistics.hpp"

namespace gatehouse::upstream {

class Pool;

// One keep-alive connection to an endpoint.
struct Connection {
    Channel::Pointer channel;
    bool was_used = false;  // has answered a request before: it may be stale
    Pool* pool = nullptr;
    std::uint32_t epoch = 0;      // of its pool when it was begun
    Connection* newer = nullptr;  // neighbours in the list of idle ones
    Connection* older = nullptr;
    TimePoint idle_since{};
};

// The right to use a connection. Unless keep() is called the connection is closed: whoever stops half-way leaves
// nothing behind that could answer somebody else's request.
class Lease final {
public:
    Lease() = default;
    explicit Lease(Connection* connection) : connection_(connection) {}
    Lease(Lease&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
        std::swap(connection_, other.connection_);
        return *this;
    }
    ~Lease() { discard(); }

    explicit operator bool() const { return connection_ != nullptr; }
    Channel& channel() const { return *connection_->channel; }
    bool was_used() const { return connection_->was_used; }

    // Gives it back for the next request. REQUIRES: exactly one whole response was read and nothing else waits.
    void keep();
    void discard();

private:
    Connection* connection_ = nullptr;
};

// The connections of one loop to one endpoint: idle ones are kept with a read armed, so that one that its peer has
// closed is dropped at once; at most limits.connections exist; requests above that wait in a bounded queue.  [loop]
class Pool final {
public:
    Pool(IoLoop& loop, const std::string& key, std::vector<Address> addresses, config::Pool limits);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    const std::string& key() const { return statistics_->key; }
    const std::shared_ptr<PoolStatistics>& statistics() const { return statistics_; }
    void set_limits(config::Pool limits) { limits_ = limits; }
    void set_addresses(std::vector<Address> addresses) { addresses_ = std::move(addresses); }
    // Something else answers there from now on: connections of before are used up, but not again.
    void renew(std::vector<Address> addresses);
    // Whether no connection from before the last renew() is in use.
    bool has_left_old() const { return old_connections_ == 0; }

    // The idle connection that was used last; empty if none is.
    Lease take_idle();
    struct Acquired {
        Outcome outcome;
        Lease lease;  // with ok
    };
    // An idle connection, a new one, or one that another request gives back in time.
    Task<Acquired> acquire(TimePoint deadline, Duration connect_timeout);

    // True for a moment after a failed connect: others are preferred.
    bool is_backing_off(TimePoint now) const { return now < back_off_until_; }
    bool has_addresses() const { return !addresses_.empty(); }
    void close_idle();

private:
    friend class Lease;
    struct Waiter;

    void give_back(Connection* connection);
    void destroy(Connection* connection);
    void free_place(std::uint32_t epoch);
    void unlink_idle(Connection& connection);
    void push_idle(Connection& connection);
    bool hand_over(Connection* connection);
    Task<Acquired> connect(TimePoint deadline, Duration connect_timeout);
    Task<Channel::Pointer> connect_to_any(TimePoint deadline);
    void note_connect(Outcome outcome);
    void publish() const;
    static void on_idle_event(void* connection, Channel::Event event);
    void on_sweep();

    IoLoop& loop_;
    std::vector<Address> addresses_;
    config::Pool limits_;
    std::shared_ptr<PoolStatistics> statistics_;
    Connection* newest_idle_ = nullptr;
    Connection* oldest_idle_ = nullptr;
    std::deque<Waiter*> waiters_;
    std::uint32_t connections_ = 0, idle_ = 0;       // connections_ counts those being made as well
    std::uint32_t epoch_ = 0, old_connections_ = 0;  // old ones: begun in an earlier epoch
    std::uint32_t failures_ = 0;                     // connects in a row
    TimePoint back_off_until_{};
    std::size_t next_address_ = 0;
    TimerWheel::Entry sweep_timer_;
};

}  // namespace gatehouse::upstream

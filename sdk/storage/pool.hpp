// A bounded set of connections, opened when first needed, handed out most recently used first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage {

// Thread-safe.
template <class Connection>
class Pool {
public:
    using Connect = std::function<std::unique_ptr<Connection>()>;

    // Holds a connection; gives it back, or closes it after discard().
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
        Lease(Lease&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (pool_ != nullptr) pool_->release(std::move(connection_));
        }
        Connection* operator->() const noexcept { return connection_.get(); }
        Connection& operator*() const noexcept { return *connection_; }
        void discard() noexcept { connection_.reset(); }

    private:
        Pool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    Pool(std::size_t size_max, Connect connect) : size_max_(size_max), connect_(std::move(connect)) {
        idle_.reserve(size_max_);
    }

    // Throws Busy if none comes free in time, Unavailable after close(), and what `connect` throws.
    Lease acquire(std::chrono::milliseconds timeout) {
        std::unique_lock lock(mutex_);
        const auto usable = [this] { return closed_ || !idle_.empty() || open_ < size_max_; };
        if (!changed_.wait_until(lock, std::chrono::steady_clock::now() + timeout, usable)) {
            throw Busy("no database connection came free in time");
        }
        if (closed_) throw Unavailable("the database is closed");
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return Lease(*this, std::move(connection));
        }
        ++open_;
        lock.unlock();
        try {
            return Lease(*this, connect_());
        } catch (...) {
            release(nullptr);
            throw;
        }
    }

    // Closes the idle connections: after one was found dead, the others probably are, too.
    void drop_idle() {
        std::vector<std::unique_ptr<Connection>> dropped;
        {
            const std::scoped_lock lock(mutex_);
            open_ -= idle_.size();
            dropped.swap(idle_);
        }
        changed_.notify_all();
    }

    // Refuses new leases, waits for the ones that are out, closes all connections. Idempotent.
    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_ == idle_.size(); });
        open_ = 0;
        idle_.clear();
    }

    void reopen() {
        const std::scoped_lock lock(mutex_);
        closed_ = false;
    }

    // Connections that exist now, idle or not.
    std::size_t size() const {
        const std::scoped_lock lock(mutex_);
        return open_;
    }

private:
    void release(std::unique_ptr<Connection> connection) noexcept {
        // Notified under the lock: close() may destroy the pool as soon as it sees the last one come back.
        const std::scoped_lock lock(mutex_);
        if (connection) {
            idle_.push_back(std::move(connection));
        } else {
            --open_;
        }
        if (closed_) {
            changed_.notify_all();
        } else {
            changed_.notify_one();
        }
    }

    const std::size_t size_max_;
    const Connect connect_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t open_ = 0;
    bool closed_ = false;
};

}  // namespace gatehouse::storage

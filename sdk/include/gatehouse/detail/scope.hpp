// What the coroutines of one handler share, and what an awaitable of the host is made of. Part of task.hpp.
#pragma once

#include <gatehouse/abi.h>

#include <atomic>
#include <coroutine>
#include <exception>
#include <mutex>
#include <utility>

namespace gatehouse {

// What awaiting throws when nobody wants the answer any more: the client is gone, the deadline has passed, or this
// generation must end. Let it pass; a handler that ends with it is answered 503. Awaiting again throws again.
class Canceled : public std::exception {
public:
    explicit Canceled(gh_status status = GH_E_CANCELED) : status_(status) {}
    [[nodiscard]] const char* what() const noexcept override { return "canceled"; }
    [[nodiscard]] gh_status status() const { return status_; }  // GH_E_CANCELED or GH_E_TIMEOUT

private:
    gh_status status_;
};

namespace detail {

class HostWait;

// One handler's coroutines: whether they were cancelled, and what they wait for. cancel() [any]; the rest on the loop
// that runs them.
class Scope {
public:
    explicit Scope(const gh_host* its_host) : host(its_host) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    const gh_host* const host;

    // The waits under way end soon with GH_E_CANCELED, later ones at once.
    void cancel(gh_status why) noexcept;
    [[nodiscard]] bool is_canceled() const { return why_.load(std::memory_order_acquire) != GH_OK; }
    [[nodiscard]] gh_status why() const { return why_.load(std::memory_order_acquire); }

private:
    friend class HostWait;
    void watch(HostWait& wait) noexcept;
    void unwatch(HostWait& wait) noexcept;

    std::atomic<gh_status> why_{GH_OK};
    std::mutex mutex_;
    HostWait* first_ = nullptr;  // those under way
};

// An awaitable operation of the host, by rule R6 of abi.h. Lives in the coroutine's frame, which stays where it is
// until the one callback has run; the host keeps two pointers.
class HostWait {
public:
    HostWait(const HostWait&) = delete;
    HostWait& operator=(const HostWait&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        scope_ = waiter.promise().scope();
        waiter_ = waiter;
        return suspend();
    }

protected:
    HostWait() = default;
    virtual ~HostWait() = default;

    // Begins the operation: GH_PENDING, and later finish(), or how it ended.
    virtual gh_status begin() = 0;
    // Asks the host to end it early.  [any]
    virtual void stop() noexcept {}
    // False: finish() may run on another thread before begin() has returned; then there is no stop().
    [[nodiscard]] virtual bool comes_back_here() const { return true; }

    // From the host's callback: resumes the coroutine. `this` is gone afterwards.
    void finish(gh_status status) noexcept;

    [[nodiscard]] const gh_host* host() const { return scope_->host; }
    [[nodiscard]] gh_loop* loop_here() const { return host()->loop_here(host()); }
    [[nodiscard]] gh_status status() const { return status_; }
    // Throws Canceled if the operation, or all of the handler, was cancelled.
    void check_canceled_only() const;
    // … and runtime_error if it failed in another way.
    void check_canceled() const;

private:
    friend class Scope;
    bool suspend();

    Scope* scope_ = nullptr;
    std::coroutine_handle<> waiter_;
    gh_status status_ = GH_OK;
    HostWait* next_ = nullptr;  // in the scope's list
    HostWait* previous_ = nullptr;
    bool is_watched_ = false;
};

// A coroutine that nobody awaits: it runs at once and frees itself. Its body must let no exception out.
class Detached {
public:
    class promise_type {
    public:
        template <class... Rest>
        explicit promise_type(Scope& scope, Rest&&...) : scope_(&scope) {}
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
        [[nodiscard]] Scope* scope() const { return scope_; }

    private:
        Scope* scope_;
    };
};

}  // namespace detail
}  // namespace gatehouse

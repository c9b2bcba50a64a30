#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

// Task<T>: a lazy coroutine that is awaited by exactly one other, on one loop. Frames come from a per-thread free list,
// so a request costs no heap allocation in steady state.
//
// g++ 12: temporaries of closure or aggregate type inside a co_await expression are destroyed twice. Name them first.
namespace gatehouse {

namespace detail {

void* allocate_frame(std::size_t size);
void release_frame(void* frame, std::size_t size) noexcept;

class PromiseBase {
public:
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { release_frame(frame, size); }

    std::suspend_always initial_suspend() noexcept { return {}; }

    struct ResumeContinuation {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
            return finished.promise().continuation_;
        }
        void await_resume() noexcept {}
    };
    ResumeContinuation final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { exception_ = std::current_exception(); }
    void set_continuation(std::coroutine_handle<> continuation) { continuation_ = continuation; }

protected:
    void rethrow_if_failed() {
        if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    }

private:
    std::coroutine_handle<> continuation_ = std::noop_coroutine();
    std::exception_ptr exception_;
};

template <class T>
class Promise final : public PromiseBase {
public:
    auto get_return_object() { return std::coroutine_handle<Promise>::from_promise(*this); }
    template <class U>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() {
        rethrow_if_failed();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class Promise<void> final : public PromiseBase {
public:
    auto get_return_object() { return std::coroutine_handle<Promise>::from_promise(*this); }
    void return_void() noexcept {}
    void take() { rethrow_if_failed(); }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task final {
public:
    using promise_type = detail::Promise<T>;

    Task(std::coroutine_handle<promise_type> handle)
        : handle_(handle) {}  // NOLINT(google-explicit-constructor): promise
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }

    class Awaiter {
    public:
        explicit Awaiter(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
            handle_.promise().set_continuation(caller);
            return handle_;
        }
        T await_resume() { return handle_.promise().take(); }

    private:
        std::coroutine_handle<promise_type> handle_;
    };
    Awaiter operator co_await() && { return Awaiter(handle_); }
    Awaiter operator co_await() & { return Awaiter(handle_); }

private:
    std::coroutine_handle<promise_type> handle_;
};

// Runs the task to its first suspension now and keeps it alive until it ends. An exception that leaves it is handed to
// the process-wide failure handler (see set_task_failure_handler), never lost and never thrown here.
void spawn(Task<> task);

using TaskFailureHandler = void (*)(std::exception_ptr failure) noexcept;
// Called by spawned tasks that failed. The default writes to standard error. Set once, at start.
void set_task_failure_handler(TaskFailureHandler handler);

}  // namespace gatehouse

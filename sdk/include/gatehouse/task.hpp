// Coroutines for .on_loop() routes: handlers that wait without a thread.
//
//     context.get("/slow/{name}", &Slow::answer).on_loop();
//     task<Message> answer(PathParam<std::string> name) {
//         co_await sleep_for(500ms);
//         auto users = co_await context_.http().get("users", "/api/users?name=" + percent_encode(*name));
//         auto digest = [&] { return slow_hash(users.body); };      // named: see below
//         co_return Message{co_await offload(digest)};
//     }
//
// - Parameters come by value, but for `const Request&`: the request, and every view in it, lives until the handler's
//   task has ended. The compiler refuses other references.
// - Between two co_awaits a task has its loop for itself: it must not block there. Nothing fragile may be alive across
//   co_await: no lock, no iterator of something shared, no thread_local.
// - When the client is gone, the deadline has passed or the drain deadline has, what is awaited throws Canceled.
// - Exceptions are answered as those of plain handlers are.
// - g++ 12 destroys temporaries of closure or aggregate type inside a co_await expression twice: name them first.
//   offload() takes named callables only.
#pragma once

#include <gatehouse/detail/scope.hpp>
#include <gatehouse/problem.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace gatehouse {

namespace detail {

class TaskPromise {
public:
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

    void begin(std::coroutine_handle<> continuation, Scope* scope) {
        continuation_ = continuation;
        scope_ = scope;
    }
    [[nodiscard]] Scope* scope() const { return scope_; }

protected:
    void rethrow_if_failed() {
        if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    }

private:
    std::coroutine_handle<> continuation_ = std::noop_coroutine();
    Scope* scope_ = nullptr;
    std::exception_ptr exception_;
};

template <class T>
class TaskPromiseOf final : public TaskPromise {
public:
    auto get_return_object() { return std::coroutine_handle<TaskPromiseOf>::from_promise(*this); }
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
class TaskPromiseOf<void> final : public TaskPromise {
public:
    auto get_return_object() { return std::coroutine_handle<TaskPromiseOf>::from_promise(*this); }
    void return_void() noexcept {}
    void take() { rethrow_if_failed(); }
};

}  // namespace detail

// A coroutine that runs when it is awaited, by exactly one other. Move-only.
template <class T = void>
class [[nodiscard]] task {
public:
    using promise_type = detail::TaskPromiseOf<T>;
    using value_type = T;

    task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}  // NOLINT(google-explicit-constructor)
    task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    task& operator=(task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~task() {
        if (handle_) handle_.destroy();
    }

    class Awaiter {
    public:
        explicit Awaiter(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
            handle_.promise().begin(caller, caller.promise().scope());
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

namespace detail {

template <class T>
struct IsTask : std::false_type {};
template <class T>
struct IsTask<task<T>> : std::true_type {};

class SleepWait final : public HostWait {
public:
    explicit SleepWait(std::chrono::nanoseconds duration) : duration_(duration) {}
    void await_resume() const { check_canceled(); }

private:
    gh_status begin() override;
    void stop() noexcept override { host()->cancel(host(), operation_); }
    static void on_done(void* self, gh_status status, const gh_error*) {
        static_cast<SleepWait*>(self)->finish(status);
    }
    std::chrono::nanoseconds duration_;
    gh_op operation_{};
};

class LoopWait final : public HostWait {
public:
    explicit LoopWait(gh_loop* loop) : loop_(loop) {}
    void await_resume() const { check_canceled(); }

private:
    gh_status begin() override;
    [[nodiscard]] bool comes_back_here() const override { return false; }
    static void on_posted(void* self) { static_cast<LoopWait*>(self)->finish(GH_OK); }
    gh_loop* loop_;
};

class WorkerWait : public HostWait {
protected:
    WorkerWait() = default;
    ~WorkerWait() override = default;
    virtual void work() noexcept = 0;
    void check_done() const;  // throws Canceled or ServiceUnavailable if it did not run

private:
    gh_status begin() final;
    static void on_worker(void* self) { static_cast<WorkerWait*>(self)->work(); }
    static void on_done(void* self, gh_status status, const gh_error*) {
        static_cast<WorkerWait*>(self)->finish(status);
    }
};

template <class Work>
class Offload final : public WorkerWait {
public:
    using Result = std::invoke_result_t<Work&>;
    static_assert(!std::is_reference_v<Result>, "return a value from the worker");
    explicit Offload(Work& work) : work_(work) {}

    Result await_resume() {
        check_done();
        if (failure_) std::rethrow_exception(failure_);
        if constexpr (!std::is_void_v<Result>) return std::move(*result_);
    }

private:
    void work() noexcept override {
        try {
            if constexpr (std::is_void_v<Result>) {
                work_();
            } else {
                result_.emplace(work_());
            }
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    using Kept = std::conditional_t<std::is_void_v<Result>, char, Result>;
    Work& work_;
    std::optional<Kept> result_;
    std::exception_ptr failure_;
};

}  // namespace detail

// Resolution: 10 ms.
[[nodiscard]] inline detail::SleepWait sleep_for(std::chrono::nanoseconds duration) {
    return detail::SleepWait(duration);
}

// Goes on on that loop (gh_host.loop_at): for what belongs to it. The request's own functions work on its loop only;
// a handler's result is sent from there whatever loop it ends on.
[[nodiscard]] inline detail::LoopWait on_loop(gh_loop* loop) { return detail::LoopWait(loop); }

// Runs a callable on one of the service's workers, where it may block, and gives its result; what it throws is thrown
// here. Once begun it is not cancelled: a result is a result. ServiceUnavailable when the workers' queue is full.
template <std::invocable Work>
[[nodiscard]] detail::Offload<Work> offload(Work& work) {
    return detail::Offload<Work>(work);
}
template <std::invocable Work>
requires(!std::is_lvalue_reference_v<Work>) void offload(Work&&) = delete;  // name the callable first: see above

}  // namespace gatehouse

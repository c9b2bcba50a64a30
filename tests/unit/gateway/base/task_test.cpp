#include "gateway/base/task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace gatehouse {
namespace {

// Suspends whoever awaits it until resume().
class Pause {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
    void await_resume() const noexcept {}
    void resume() { std::exchange(waiting_, nullptr).resume(); }
    bool is_awaited() const { return static_cast<bool>(waiting_); }

private:
    std::coroutine_handle<> waiting_;
};

Task<int> value_of(int value) { co_return value; }

Task<int> sum_of(int left, int right) {
    const int first = co_await value_of(left);
    const int second = co_await value_of(right);
    co_return first + second;
}

Task<> store_sum(int& result) { result = co_await sum_of(20, 22); }

TEST(TaskTest, GivesItsValueToTheOneWhoAwaits) {
    int result = 0;
    spawn(store_sum(result));
    EXPECT_EQ(result, 42);
}

TEST(TaskTest, StartsOnlyWhenAwaited) {
    bool started = false;
    const auto start = [](bool& flag) -> Task<> {
        flag = true;
        co_return;
    };
    { const Task<> unused = start(started); }
    EXPECT_FALSE(started);
    spawn(start(started));
    EXPECT_TRUE(started);
}

Task<> wait_for(Pause& pause, std::string& trace) {
    trace += "before ";
    co_await pause;
    trace += "after";
}

TEST(TaskTest, GoesOnWhereItWasSuspended) {
    Pause pause;
    std::string trace;
    spawn(wait_for(pause, trace));
    EXPECT_EQ(trace, "before ");
    pause.resume();
    EXPECT_EQ(trace, "before after");
}

Task<std::unique_ptr<int>> make_pointer() { co_return std::make_unique<int>(7); }

Task<> take_pointer(int& result) {
    const std::unique_ptr<int> pointer = co_await make_pointer();
    result = *pointer;
}

TEST(TaskTest, CarriesValuesThatCanOnlyBeMoved) {
    int result = 0;
    spawn(take_pointer(result));
    EXPECT_EQ(result, 7);
}

Task<int> fail(Pause& pause) {
    co_await pause;
    throw std::runtime_error("broken");
}

Task<> catch_failure(Pause& pause, std::string& caught) {
    try {
        co_await fail(pause);
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
}

TEST(TaskTest, CarriesExceptionsToTheOneWhoAwaits) {
    Pause pause;
    std::string caught;
    spawn(catch_failure(pause, caught));
    pause.resume();
    EXPECT_EQ(caught, "broken");
}

std::string* handled_failure = nullptr;

void handle_failure(std::exception_ptr failure) noexcept {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        *handled_failure = error.what();
    }
}

Task<> await_failure(Pause& pause) { co_await fail(pause); }

TEST(TaskTest, HandsAnExceptionThatNobodyCatchesToTheHandler) {
    std::string handled;
    handled_failure = &handled;
    set_task_failure_handler(&handle_failure);
    Pause pause;
    spawn(await_failure(pause));
    EXPECT_EQ(handled, "");
    pause.resume();
    EXPECT_EQ(handled, "broken");
}

// Counts its own destruction.
struct Token {
    explicit Token(int& count) : count_(&count) {}
    Token(Token&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Token& operator=(Token&&) = delete;
    ~Token() {
        if (count_ != nullptr) ++*count_;
    }
    int* count_;
};

Task<> hold(Token token, Pause& pause) {
    co_await pause;
    static_cast<void>(token);
}

TEST(TaskTest, FreesItsFrameAndArgumentsAtTheEnd) {
    int destroyed = 0;
    Pause pause;
    spawn(hold(Token(destroyed), pause));
    EXPECT_EQ(destroyed, 0);
    pause.resume();
    EXPECT_EQ(destroyed, 1);
}

TEST(TaskTest, FreesATaskThatWasNeverAwaited) {
    int destroyed = 0;
    Pause pause;
    { const Task<> dropped = hold(Token(destroyed), pause); }
    EXPECT_EQ(destroyed, 1);
}

Task<int> count_down(int depth) {
    if (depth == 0) co_return 0;
    const int below = co_await count_down(depth - 1);
    co_return below + 1;
}

Task<> store_depth(int& result, int depth) { result = co_await count_down(depth); }

TEST(TaskTest, ReusesFramesOfManySizesAndDepths) {
    for (int round = 0; round < 3; ++round) {
        int result = 0;
        spawn(store_depth(result, 400));  // more frames than one size class keeps
        EXPECT_EQ(result, 400);
    }
}

}  // namespace
}  // namespace gatehouse

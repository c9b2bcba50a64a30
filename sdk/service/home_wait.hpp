// The way back to a loop that no cancellation stops: the answer has to be given there.
#pragma once

#include <gatehouse/detail/scope.hpp>

namespace gatehouse::detail {

class HomeWait final {
public:
    explicit HomeWait(gh_loop* home) : home_(home) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> waiter) {
        waiter_ = waiter;
        const gh_host* const host = waiter.promise().scope()->host;
        return host->post(host, home_, &on_posted, this) == GH_OK;
    }
    void await_resume() const noexcept {}

private:
    static void on_posted(void* self) { static_cast<HomeWait*>(self)->waiter_.resume(); }
    gh_loop* home_;
    std::coroutine_handle<> waiter_;
};

}  // namespace gatehouse::detail

#include <gatehouse/task.hpp>

#include <algorithm>
#include <stdexcept>

namespace gatehouse::detail {

void Scope::cancel(gh_status why) noexcept {
    gh_status expected = GH_OK;
    if (!why_.compare_exchange_strong(expected, why, std::memory_order_acq_rel)) return;
    const std::scoped_lock lock(mutex_);  // held: the waits must not end meanwhile
    for (HostWait* wait = first_; wait != nullptr; wait = wait->next_) wait->stop();
}

void Scope::watch(HostWait& wait) noexcept {
    const std::scoped_lock lock(mutex_);
    wait.is_watched_ = true;
    wait.previous_ = nullptr;
    wait.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &wait;
    first_ = &wait;
    if (is_canceled()) wait.stop();
}

void Scope::unwatch(HostWait& wait) noexcept {
    if (!wait.is_watched_) return;
    const std::scoped_lock lock(mutex_);
    wait.is_watched_ = false;
    (wait.previous_ != nullptr ? wait.previous_->next_ : first_) = wait.next_;
    if (wait.next_ != nullptr) wait.next_->previous_ = wait.previous_;
}

bool HostWait::suspend() {
    if (scope_->is_canceled()) {
        status_ = scope_->why();
        return false;
    }
    const bool comes_back = comes_back_here();
    const gh_status status = begin();
    if (status != GH_PENDING) {
        status_ = status;
        return false;
    }
    // The callback comes on this very loop, so not before this function has returned.
    if (comes_back) scope_->watch(*this);
    return true;
}

void HostWait::finish(gh_status status) noexcept {
    scope_->unwatch(*this);
    status_ = status;
    waiter_.resume();
}

void HostWait::check_canceled_only() const {
    if (scope_->is_canceled()) throw Canceled(scope_->why());
    if (status_ == GH_E_CANCELED) throw Canceled();
}

void HostWait::check_canceled() const {
    check_canceled_only();
    if (status_ < 0) throw std::runtime_error("the host refused to wait (status " + std::to_string(status_) + ")");
}

gh_status SleepWait::begin() {
    const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration_.count(), 0));
    return host()->sleep(host(), loop_here(), nanoseconds, &on_done, this, &operation_);
}

gh_status LoopWait::begin() {
    if (loop_here() == loop_) return GH_OK;
    const gh_status status = host()->post(host(), loop_, &on_posted, this);
    return status == GH_OK ? GH_PENDING : status;
}

gh_status WorkerWait::begin() { return host()->offload(host(), loop_here(), &on_worker, &on_done, this); }

void WorkerWait::check_done() const {
    if (status() >= 0) return;
    if (status() == GH_E_LIMIT) throw ServiceUnavailable();
    check_canceled();
}

}  // namespace gatehouse::detail

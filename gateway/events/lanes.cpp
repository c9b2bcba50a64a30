#include "gateway/events/lanes.hpp"

#include <pthread.h>

#include <algorithm>

namespace gatehouse::events {

Lanes::Lanes(std::string service, std::size_t workers, Subscribers& subscribers, Finished finished)
    : service_(std::move(service)), subscribers_(subscribers), finished_(std::move(finished)) {
    running_threads_ = workers;
    const std::string thread_name = ("gh-ev-" + service_).substr(0, 15);
    for (std::size_t i = 0; i < workers; ++i) {
        threads_.emplace_back([this] { run_worker(); });
        ::pthread_setname_np(threads_.back().native_handle(), thread_name.c_str());
    }
}

Lanes::~Lanes() { static_cast<void>(stop(TimePoint::max())); }

void Lanes::add(Delivery delivery) {
    {
        std::scoped_lock lock(mutex_);
        if (stopping_) return;
        std::string key = order_key(delivery.event);
        if (key.empty()) key = '\n' + std::to_string(next_lone_++);  // no order key begins like that
        Lane& lane = lanes_[key];
        lane.waiting.push_back(std::move(delivery));
        ++size_;
        if (lane.is_running || lane.waiting.size() > 1) return;
        ready_.push_back(std::move(key));
    }
    work_.notify_one();
}

std::size_t Lanes::size() const {
    std::scoped_lock lock(mutex_);
    return size_;
}

void Lanes::forget_waiting() {
    std::scoped_lock lock(mutex_);
    for (auto& [key, lane] : lanes_) {
        size_ -= lane.waiting.size();
        lane.waiting.clear();
        lane.is_forgotten = true;
        lane.ready_at = TimePoint{};
        lane.retry = kRetryMin;
    }
    std::erase_if(lanes_, [](const auto& lane) { return !lane.second.is_running; });
    ready_.clear();
}

bool Lanes::wait_until_idle(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    return idle_.wait_until(lock, deadline, [&] {
        return std::none_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane.second.is_running; });
    });
}

bool Lanes::stop(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    work_.notify_all();
    const auto is_over = [&] { return running_threads_ == 0; };
    bool ended = true;
    if (deadline == TimePoint::max()) {
        idle_.wait(lock, is_over);
    } else {
        ended = idle_.wait_until(lock, deadline, is_over);
    }
    lock.unlock();
    for (std::thread& thread : threads_) {
        if (!thread.joinable()) continue;
        if (ended) {
            thread.join();
        } else {
            thread.detach();
        }
    }
    return ended;
}

void Lanes::run_worker() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        TimePoint wake_at = Clock::now() + 1h;
        const std::string key = take_ready(Clock::now(), wake_at);
        if (key.empty()) {
            work_.wait_until(lock, wake_at);
        } else {
            run(key, lock);
        }
    }
    --running_threads_;
    idle_.notify_all();
}

std::string Lanes::take_ready(TimePoint now, TimePoint& wake_at) {
    for (auto each = ready_.begin(); each != ready_.end(); ++each) {
        const Lane& lane = lanes_.at(*each);
        if (lane.ready_at <= now) {
            std::string key = std::move(*each);
            ready_.erase(each);
            return key;
        }
        wake_at = std::min(wake_at, lane.ready_at);
    }
    return {};
}

void Lanes::run(const std::string& key, std::unique_lock<std::mutex>& lock) {
    Lane& lane = lanes_.at(key);  // stays where it is while it runs
    Delivery delivery = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    lane.is_running = true;
    lane.is_forgotten = false;
    lock.unlock();
    const gh_status status =
        subscribers_.deliver(service_, delivery.event, delivery.attempt, Clock::now() + kHandoverTimeout);
    lock.lock();
    if (status == GH_OK) {
        lock.unlock();
        finished_(delivery);  // before the lane goes on: what is acknowledged stays in order
        lock.lock();
    }
    lane.is_running = false;
    if (status == GH_OK || lane.is_forgotten) {
        --size_;
        lane.retry = kRetryMin;
        lane.ready_at = TimePoint{};
    } else {
        delivery.attempt = Subscribers::Attempt::again;
        lane.waiting.push_front(std::move(delivery));
        lane.ready_at = Clock::now() + lane.retry;
        lane.retry = std::min(lane.retry * 2, kRetryMax);
    }
    if (lane.waiting.empty()) {
        lanes_.erase(key);
    } else {
        ready_.push_back(key);
        work_.notify_one();
    }
    idle_.notify_all();
}

}  // namespace gatehouse::events

#include "gateway/abi_test/world.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

namespace gatehouse::abi_test {

namespace {

constexpr auto kThreadUnlisted = 5s;

// The kernel lists a joined thread for a moment longer: whoever counts threads next would take it for a plugin's.
void wait_until_unlisted(pid_t thread) {
    const std::filesystem::path entry = "/proc/self/task/" + std::to_string(thread);
    const auto deadline = std::chrono::steady_clock::now() + kThreadUnlisted;
    std::error_code error;
    while (std::filesystem::exists(entry, error) && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(100us);
    }
}

}  // namespace

Thread::Thread(std::string name) : name_(std::move(name)), thread_([this] { run(); }) {}

Thread::~Thread() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Thread::post(std::function<void()> task) {
    {
        const std::scoped_lock lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
}

bool Thread::is_busy() const {
    const std::scoped_lock lock(mutex_);
    return is_running_task_ || !tasks_.empty();
}

void Thread::run() {
    ::pthread_setname_np(::pthread_self(), name_.c_str());
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return !tasks_.empty() || stopping_; });
        if (tasks_.empty()) return;
        const std::function<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        is_running_task_ = true;
        lock.unlock();
        task();
        lock.lock();
        is_running_task_ = false;
    }
}

World::World(Findings& findings, GuardedMemory& memory) : findings_(findings), memory_(memory) {
    for (std::size_t i = 0; i < kLoops; ++i) loops_.push_back(std::make_unique<Thread>("loop-" + std::to_string(i)));
    for (std::size_t i = 0; i < kWorkers; ++i) {
        workers_.push_back(std::make_unique<Thread>("worker-" + std::to_string(i)));
    }
    timer_thread_ = std::thread([this] { run_timers(); });
}

World::~World() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    timer_change_.notify_all();
    timer_thread_.join();
}

Thread* World::loop_here() const {
    for (const auto& loop : loops_) {
        if (loop->is_current()) return loop.get();
    }
    return nullptr;
}

// Any idle worker takes the next task: a handler that waits for another one must not sit in front of it.
void World::run_on_worker(std::function<void()> task) {
    busy_workers_.fetch_add(1);
    {
        const std::scoped_lock lock(worker_mutex_);
        worker_tasks_.push_back(std::move(task));
    }
    const auto take = [this] {
        std::function<void()> next;
        {
            const std::scoped_lock lock(worker_mutex_);
            if (worker_tasks_.empty()) return;
            next = std::move(worker_tasks_.front());
            worker_tasks_.pop_front();
        }
        next();
        busy_workers_.fetch_sub(1);
        notify();
    };
    for (const auto& worker : workers_) worker->post(take);
}

std::uint64_t World::now_ns() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec) + leapt_ns_;
}

void World::add_timer(Thread& loop, std::uint64_t due_ns, std::uint64_t id, std::function<void()> fire) {
    {
        const std::scoped_lock lock(mutex_);
        timers_.push_back({id, due_ns, &loop, std::move(fire)});
    }
    timer_change_.notify_one();
}

bool World::remove_timer(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    return std::erase_if(timers_, [id](const Timer& timer) { return timer.id == id; }) != 0;
}

// While somebody waits and every thread is idle, the earliest timer is the only thing that can happen: leap to it.
void World::run_timers() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (timers_.empty()) {
            timer_change_.wait(lock);
            continue;
        }
        const auto earliest =
            std::min_element(timers_.begin(), timers_.end(),
                             [](const Timer& left, const Timer& right) { return left.due_ns < right.due_ns; });
        const std::uint64_t now = now_ns();
        if (earliest->due_ns > now) {
            if (waiting_ == 0 || !is_quiet()) {
                timer_change_.wait_for(lock, 1ms);
                continue;
            }
            leapt_ns_.fetch_add(earliest->due_ns - now);
        }
        Timer timer = std::move(*earliest);
        timers_.erase(earliest);
        lock.unlock();
        timer.loop->post(std::move(timer.fire));
        lock.lock();
        timer_change_.wait_for(lock, 200us);  // let it run before the next leap is thought of
    }
}

bool World::wait_until(std::chrono::milliseconds timeout, const std::function<bool()>& is_true) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    waiting_.fetch_add(1);
    bool result = is_true();
    while (!result && std::chrono::steady_clock::now() < deadline) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 500us);
        lock.unlock();
        result = is_true();
    }
    waiting_.fetch_sub(1);
    return result;
}

void World::notify() { changed_.notify_all(); }

bool World::is_quiet() const {
    if (busy_workers_ != 0) return false;
    return std::none_of(loops_.begin(), loops_.end(), [](const auto& loop) { return loop->is_busy(); });
}

void World::step(std::string_view rule, const char* what, const std::function<void()>& work) {
    std::atomic<bool> is_done{false};
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
        id = ::gettid();
        work();
        is_done = true;
        notify();
    });
    if (!wait_until(kHookTimeout, [&] { return is_done.load(); })) {
        findings_.give_up(rule, std::string(what) + " does not return");
    }
    thread.join();
    wait_until_unlisted(id);
}

void World::on_every_thread(const std::function<void()>& work) {
    std::atomic<std::size_t> left{loops_.size() + workers_.size()};
    const auto task = [&] {
        work();
        left.fetch_sub(1);
    };
    for (const auto& loop : loops_) loop->post(task);
    for (const auto& worker : workers_) worker->post(task);
    if (!wait_until(kHookTimeout, [&] { return left == 0; })) {
        findings_.give_up(rule::kLoopTime, "a loop or worker is stuck in the plugin");
    }
}

}  // namespace gatehouse::abi_test

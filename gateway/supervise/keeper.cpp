#include "gateway/supervise/keeper.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "gateway/supervise/leaving.hpp"

namespace gatehouse::supervise {

namespace {

constexpr Duration kLook = 10ms;  // how often something is asked that nobody calls back for
constexpr Duration kIdleLook = 1h;

void ring(const Descriptor& bell) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(bell.get(), &one, sizeof(one));
}

}  // namespace

std::string_view to_string(ChildState state) {
    switch (state) {
        case ChildState::starting: return "starting";
        case ChildState::up: return "up";
        case ChildState::waiting: return "waiting";
        case ChildState::stopping: return "stopping";
        case ChildState::stopped: return "stopped";
    }
    return {};
}

Keeper::Keeper(ChildSpec spec, const Surroundings& surroundings)
    : surroundings_(surroundings),
      service_(spec.service),
      running_spec_(spec),
      next_spec_(spec),
      start_at_(Clock::now()),
      spec_(std::move(spec)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    status_.service = service_;
    thread_ = std::thread([this] { run(); });
}

Keeper::~Keeper() {
    stop(Clock::now());
    thread_.join();
}

std::optional<Error> Keeper::wait_until_up() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_answered_ || is_stopped_; });
    return std::exchange(outcome_, std::nullopt);
}

void Keeper::wait_until_stopped() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_stopped_; });
}

void Keeper::want(ChildSpec spec) {
    const std::scoped_lock lock(mutex_);
    if (is_stopped_ || wish_ == Wish::stop) return;
    wanted_ = std::move(spec);
    is_answered_ = false;
    outcome_.reset();
    ring(wake_);
}

void Keeper::retire() {
    const std::scoped_lock lock(mutex_);
    if (wish_ == Wish::run) wish_ = Wish::retire;
    ring(wake_);
}

bool Keeper::revive() {
    const std::scoped_lock lock(mutex_);
    if (is_stopped_ || wish_ == Wish::stop || status_.state == ChildState::stopping) return false;
    wish_ = Wish::run;
    ring(wake_);
    return true;
}

void Keeper::stop(TimePoint deadline) {
    const std::scoped_lock lock(mutex_);
    wish_ = Wish::stop;
    stop_deadline_ = deadline;
    ring(wake_);
}

bool Keeper::is_stopped() const {
    const std::scoped_lock lock(mutex_);
    return is_stopped_;
}

bool Keeper::is_leaving() const {
    const std::scoped_lock lock(mutex_);
    return wish_ != Wish::run || is_stopped_;
}

ChildStatus Keeper::status() const {
    const std::scoped_lock lock(mutex_);
    ChildStatus result = status_;
    if (result.state == ChildState::up) result.age = Clock::now() - shown_up_since_;
    return result;
}

ChildSpec Keeper::spec() const {
    const std::scoped_lock lock(mutex_);
    return spec_;
}

void Keeper::run() {
    for (;;) {
        obey();
        start_next();
        look_at_next();
        look_at_current();
        look_at_leaving();
        publish();
        if (is_done()) break;
        wait_for_events();
    }
    tell(Event::gone, {}, {});
    const std::scoped_lock lock(mutex_);
    status_.state = ChildState::stopped;
    is_stopped_ = true;
    changed_.notify_all();
}

// Nothing runs any more, and nothing is to be started.
bool Keeper::is_done() const { return !start_at_ && !next_ && !current_ && leaving_.empty(); }

// What others asked for since the last look.
void Keeper::obey() {
    std::optional<ChildSpec> wanted;
    Wish wish;
    {
        const std::scoped_lock lock(mutex_);
        wanted = std::exchange(wanted_, std::nullopt);
        wish = wish_;
    }
    const TimePoint now = Clock::now();
    if (wanted && !is_ending_) {
        next_.reset();
        next_spec_ = std::move(*wanted);
        start_at_ = now;
    }
    if (wish == Wish::run) forgotten_by_.reset();
    if (wish == Wish::retire && !is_ending_) {
        if (!forgotten_by_) forgotten_by_ = now + kPatience;
        if (now < *forgotten_by_ && !surroundings_.endpoints->is_forgotten(service_)) return;
        {
            const std::scoped_lock lock(mutex_);
            if (wish_ == Wish::run) return;  // revived meanwhile
            status_.state = ChildState::stopping;
        }
        begin_to_end(kPatience);
    }
    if (wish == Wish::stop) {
        if (!is_ending_) begin_to_end(Duration::zero());
        const std::scoped_lock lock(mutex_);
        for (const auto& leaving : leaving_) leaving->hurry(stop_deadline_);
    }
}

void Keeper::begin_to_end(Duration patience) {
    is_ending_ = true;
    start_at_.reset();
    next_.reset();
    surroundings_.endpoints->close(service_);
    if (current_) leave(std::move(current_), patience);
    answer(Error{"service \"" + service_ + "\" is being stopped"});
}

// The first answer to a question counts.
void Keeper::answer(std::optional<Error> outcome) {
    const std::scoped_lock lock(mutex_);
    if (is_answered_) return;
    is_answered_ = true;
    outcome_ = std::move(outcome);
    changed_.notify_all();
}

void Keeper::publish() {
    const std::scoped_lock lock(mutex_);
    status_.state = is_ending_ ? ChildState::stopping
                    : current_ ? ChildState::up
                    : next_    ? ChildState::starting
                               : ChildState::waiting;
    const Child* child = current_ ? current_.get() : next_.get();
    status_.pid = child != nullptr ? child->pid() : 0;
    status_.greeting = greeting_;
    status_.restarts = restarts_;
    status_.last_end = last_end_;
    status_.leaving = leaving_.size();
    shown_up_since_ = up_since_;
    spec_ = running_spec_;
}

TimePoint Keeper::next_look() const {
    const TimePoint now = Clock::now();
    TimePoint next = now + kIdleLook;
    if (start_at_) next = std::min(next, *start_at_);
    if (next_) next = std::min(next, next_->started() + surroundings_.start_timeout);
    if (current_) next = std::min(next, probe_at_);
    if (forgotten_by_ && !is_ending_) next = std::min(next, now + kLook);
    for (const auto& leaving : leaving_) {
        if (leaving->was_killed) continue;
        next = std::min(next, leaving->was_asked ? leaving->kill_at : now + kLook);
    }
    return next;
}

void Keeper::wait_for_events() {
    std::vector<pollfd> watched;
    const auto watch = [&](int descriptor) { watched.push_back({.fd = descriptor, .events = POLLIN, .revents = 0}); };
    const auto watch_child = [&](const Child& child) {
        watch(child.process_descriptor());
        watch(child.output_descriptor());
    };
    watch(wake_.get());
    if (next_) {
        watch_child(*next_);
        watch(next_->control_descriptor());
    }
    if (current_) watch_child(*current_);
    for (const auto& leaving : leaving_) watch_child(*leaving->child);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_look() - Clock::now()).count();
    ::poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(0, left + 1)));
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto got = ::read(wake_.get(), &rings, sizeof(rings));
}

}  // namespace gatehouse::supervise

// What a keeper does with its children: the next one, the present one, and those that leave.
#include <algorithm>
#include <csignal>

#include "gateway/supervise/health_probe.hpp"
#include "gateway/supervise/keeper.hpp"
#include "gateway/supervise/leaving.hpp"

namespace gatehouse::supervise {

namespace {
constexpr Duration kAfterDrain = 5s;  // that a child may take longer than it was told
}

void Keeper::start_next() {
    if (!start_at_ || *start_at_ > Clock::now()) return;
    start_at_.reset();
    Child::Plan plan;
    plan.program = surroundings_.program;
    plan.arguments = {"gatehouse", "serve", next_spec_.library.string(), "--service", service_, "--spawned"};
    plan.socket_path = surroundings_.socket_directory + "/" + service_ + "." + std::to_string(++started_) + ".sock";
    plan.order = next_spec_.order;
    if (current_) plan.order.probes = next_spec_.probes;
    auto child = Child::start(plan);
    if (!child) {
        give_up_next(child.error().message);
        return;
    }
    next_ = std::move(*child);
}

void Keeper::look_at_next() {
    if (!next_) return;
    drain_output(*next_);
    const auto greeting = next_->read_greeting();
    if (greeting && *greeting) {
        const std::string& id = (**greeting).plugin;
        if (next_spec_.plugin_id.empty() || id == next_spec_.plugin_id) {
            take_over(**greeting);
        } else {
            give_up_next("it is the plugin \"" + id + "\", not \"" + next_spec_.plugin_id + "\"");
        }
    } else if (greeting) {
        give_up_next(greeting->error().message);
    } else if (const auto end = next_->reap()) {
        drain_output(*next_);
        const std::string words = next_->last_words();
        give_up_next("it " + *end + " before it served" + (words.empty() ? "" : "; its last words: " + words));
    } else if (Clock::now() >= next_->started() + surroundings_.start_timeout) {
        give_up_next("it was not ready in time");
    }
}

void Keeper::take_over(const Greeting& greeting) {
    surroundings_.endpoints->open(service_, next_->socket_path());
    if (current_) {
        tell(Event::gave_way, "reload", {});
        leave(std::move(current_), kPatience);
    }
    current_ = std::move(next_);
    running_spec_ = next_spec_;
    greeting_ = greeting;
    up_since_ = Clock::now();
    probe_at_ = up_since_ + surroundings_.probe_interval;
    probes_missed_ = 0;
    hangs_ = false;
    was_up_ = true;
    publish();
    answer(std::nullopt);
    tell(Event::up, {}, greeting.version);
}

// The first one of all is not tried again: whoever started it is told. A later one is, unless another one serves.
void Keeper::give_up_next(const std::string& why) {
    next_.reset();
    next_spec_ = running_spec_;
    tell(Event::start_failed, "start_failed", why);
    if (!current_ && was_up_) start_at_ = Clock::now() + policy_.after_end(Duration::zero());
    answer(Error{"service \"" + service_ + "\": " + why});
}

void Keeper::look_at_current() {
    if (!current_) return;
    drain_output(*current_);
    if (const auto end = current_->reap()) {
        note_end(*end);
    } else if (Clock::now() >= probe_at_) {
        probe_current();
    }
}

void Keeper::note_end(const std::string& how) {
    surroundings_.endpoints->close(service_);
    drain_output(*current_);
    current_.reset();
    last_end_ = hangs_ ? "did not answer any more: " + how : how;
    ++restarts_;
    const Duration delay = policy_.after_end(Clock::now() - up_since_);
    if (!next_ && !start_at_) start_at_ = Clock::now() + delay;
    tell(Event::ended, hangs_ ? "hang" : how.starts_with("killed") ? "signal" : "exit", last_end_);
}

void Keeper::probe_current() {
    if (is_healthy(current_->socket_path(), surroundings_.probe_limit)) {
        probes_missed_ = 0;
    } else if (++probes_missed_ >= surroundings_.probes_missed_max) {
        hangs_ = true;
        current_->signal(SIGKILL);
    }
    probe_at_ = Clock::now() + surroundings_.probe_interval;
}

void Keeper::leave(std::unique_ptr<Child> child, Duration patience) {
    auto leaving = std::make_unique<Leaving>();
    leaving->child = std::move(child);
    leaving->ask_at = Clock::now() + patience;
    leaving_.push_back(std::move(leaving));
}

void Keeper::look_at_leaving() {
    const TimePoint now = Clock::now();
    for (const auto& leaving : leaving_) {
        Child& child = *leaving->child;
        drain_output(child);
        if (child.reap()) {
            drain_output(child);
            leaving->child.reset();
        } else if (!leaving->was_asked) {
            if (now < leaving->ask_at && !surroundings_.endpoints->has_left_old(service_)) continue;
            child.signal(SIGTERM);
            leaving->was_asked = true;
            if (!leaving->is_hurried) leaving->kill_at = now + running_spec_.order.drain_timeout + kAfterDrain;
        } else if (now >= leaving->kill_at && !leaving->was_killed) {
            child.signal(SIGKILL);
            leaving->was_killed = true;
        }
    }
    std::erase_if(leaving_, [](const auto& leaving) { return leaving->child == nullptr; });
}

void Keeper::drain_output(Child& child) const {
    child.read_output([this](std::string_view line) {
        if (surroundings_.said) surroundings_.said(service_, line);
    });
}

void Keeper::tell(Event event, std::string_view reason, std::string_view detail) const {
    if (surroundings_.happened) surroundings_.happened(service_, event, reason, detail);
}

}  // namespace gatehouse::supervise

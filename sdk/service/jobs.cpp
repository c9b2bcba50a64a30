#include "sdk/service/jobs.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <random>
#include <stdexcept>

#include "sdk/service/context_state.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse {

using std::chrono::milliseconds;

namespace detail {

namespace {

constexpr milliseconds kRetry{1'000};  // when the service's queue is full

milliseconds random_up_to(milliseconds most) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    return milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, most.count())(random));
}

std::optional<std::int64_t> to_number(const std::optional<std::string>& text) {
    std::int64_t number = 0;
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

}  // namespace

JobState::JobState(ContextState& its_context, std::string_view its_name, milliseconds its_interval,
                   JobFunction its_function, JobMetrics its_metrics)
    : context(its_context),
      host(its_context.host),
      name(its_name),
      interval(its_interval),
      function(std::move(its_function)),
      metrics(its_metrics),
      jitter(its_interval / 10) {}

void JobState::start() {
    leases_ = static_cast<const gh_lease*>(host->extension(host, GH_EXT_LEASE));
    if (!GH_HAS(leases_, leave)) throw std::runtime_error("jobs need " GH_EXT_LEASE ", which the host does not offer");
    const std::string lease = "job/" + name;
    const gh_status status = leases_->acquire(host, to_str(lease), static_cast<std::uint64_t>(lease_ttl.count()),
                                              host->loop_at(host, 0), &JobState::on_change, this, &lease_);
    if (status != GH_PENDING) {
        throw std::runtime_error("the host refused the lease of the job " + name + " with status " +
                                 std::to_string(status));
    }
}

void JobState::on_change(void* context, std::int32_t change, std::uint64_t) noexcept {
    JobState& self = *static_cast<JobState*>(context);
    if (change == GH_LEASE_GAINED) {
        self.is_held_ = true;
        if (self.phase_ == Phase::idle) self.look();
    } else if (change == GH_LEASE_LOST) {
        self.is_held_ = false;
        if (self.current_) self.current_->should_stop_.store(true);
        if (self.phase_ == Phase::sleeping) self.host->cancel(self.host, self.timer_);
    }
}

// Without an answer it is as if it had never run.
void JobState::look() {
    phase_ = Phase::looking;
    KvRequest request;
    request.key = key();
    Kv(host).ask(request, [this](const KvReply& reply) { plan(to_number(reply.value)); });
}

void JobState::plan(std::optional<std::int64_t> last_begin_ms) {
    phase_ = Phase::idle;
    if (!is_held_) return;
    const std::int64_t now = wall_ms();
    // A clock that was set back must not put the next run off for longer than an interval.
    if (last_begin_ms)
        return sleep(milliseconds(std::min(*last_begin_ms, now) - now) + interval - random_up_to(jitter));
    sleep(runs_at_start ? milliseconds(0) : interval - random_up_to(jitter));
}

void JobState::sleep(milliseconds delay) {
    const std::chrono::nanoseconds wait = std::max(delay, milliseconds(0));
    phase_ = Phase::sleeping;
    const gh_status status = host->sleep(host, host->loop_at(host, 0), static_cast<std::uint64_t>(wait.count()),
                                         &JobState::on_time, this, &timer_);
    if (status != GH_PENDING) phase_ = Phase::idle;
}

void JobState::on_time(void* context, gh_status status, const gh_error*) noexcept {
    JobState& self = *static_cast<JobState*>(context);
    self.phase_ = Phase::idle;
    if (!self.is_held_) return;
    if (status == GH_OK) {
        self.begin();
    } else {  // lost and gained again before the cancelled sleep had ended
        self.look();
    }
}

void JobState::begin() {
    std::uint64_t token = 0;
    if (leases_->enter(host, lease_, &token) != GH_OK) return;  // on_change() is on its way
    current_ = std::make_unique<JobRun>();
    current_->token_ = token;
    begun_ms_ = wall_ms();
    phase_ = Phase::running;
    if (host->offload(host, host->loop_at(host, 0), &JobState::work, &JobState::on_worked, this) == GH_PENDING) return;
    current_.reset();
    leases_->leave(host, lease_);
    sleep(std::min(kRetry, interval));
}

void JobState::work(void* context) noexcept { static_cast<JobState*>(context)->run(); }

// On a worker.
void JobState::run() {
    try {
        Kv(host).set(key(), std::to_string(begun_ms_));
    } catch (const std::exception& error) {
        context.log.warn("a job's beginning could not be noted", {{"job", name}, {"error", error.what()}});
    }
    const std::uint64_t begin = host->now_ns(host);
    std::string failure;
    try {
        function(*context.service, *current_);
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "an exception that is no std::exception";
    }
    const double seconds = static_cast<double>(host->now_ns(host) - begin) / 1e9;
    metrics.runs.add(1, {name, failure.empty() ? "ok" : "failed"});
    metrics.seconds.observe(seconds, {name});
    if (!failure.empty()) context.log.error("a job failed", {{"job", name}, {"error", failure}});
}

void JobState::on_worked(void* context, gh_status, const gh_error*) noexcept {
    JobState& self = *static_cast<JobState*>(context);
    self.current_.reset();
    self.leases_->leave(self.host, self.lease_);
    self.plan(self.begun_ms_);
}

std::int64_t JobState::wall_ms() const {
    if (context.clock != nullptr) return context.clock->wall_ms(host);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<milliseconds>(now).count();
}

}  // namespace detail

Job& Job::jitter(milliseconds at_most) {
    state_->jitter = std::clamp(at_most, milliseconds(0), state_->interval);
    return *this;
}

Job& Job::at_start() {
    state_->runs_at_start = true;
    return *this;
}

Job& Job::lease_ttl(milliseconds ttl) {
    state_->lease_ttl = ttl;
    return *this;
}

Kv Context::kv() const { return Kv(state_->host); }

Job& Context::add_job(std::string_view name, milliseconds interval, detail::JobFunction function) {
    if (state_->is_complete) throw std::logic_error("jobs are declared in the constructor");
    if (interval < milliseconds(1)) throw std::logic_error("a job's interval is at least a millisecond");
    if (name.empty() || name.size() > 100) throw std::logic_error("a job's name has 1 to 100 octets");
    for (const auto& job : state_->jobs) {
        if (job->name == name) throw std::logic_error("there are two jobs " + std::string(name));
    }
    const detail::JobMetrics metrics{
        counter("job_runs_total", "Runs of background jobs.", {"job", "result"}),
        histogram("job_seconds", "How long they took.", "seconds", {0.01, 0.1, 1, 10, 60, 600}, {"job"})};
    auto& job = state_->jobs.emplace_back(
        std::make_shared<detail::JobState>(*state_, name, interval, std::move(function), metrics));
    job->handle = std::unique_ptr<Job>(new Job(job.get()));
    return *job->handle;
}

}  // namespace gatehouse

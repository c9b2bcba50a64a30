// How jobs of job.hpp are run: all that decides happens on one loop, the run itself on a worker.
//
//   idle --gained--> looking (when did it last begin?) --> sleeping --time--> running --ended--> sleeping
//
// A loss cancels the sleep; whatever ends afterwards finds that nothing is held and goes to idle.
#pragma once

#include <gatehouse/ext/lease.h>
#include <gatehouse/job.hpp>
#include <gatehouse/kv.hpp>
#include <gatehouse/log.hpp>

#include <memory>
#include <optional>
#include <string>

namespace gatehouse::detail {

struct ContextState;

struct JobMetrics {
    Metric runs, seconds;
};

struct JobState {
    JobState(ContextState& its_context, std::string_view its_name, std::chrono::milliseconds its_interval,
             JobFunction its_function, JobMetrics its_metrics);
    JobState(const JobState&) = delete;
    JobState& operator=(const JobState&) = delete;

    // Asks for the lease; runtime_error if the host refuses or has none.  [main]
    void start();

    ContextState& context;
    const gh_host* host;
    const std::string name;
    const std::chrono::milliseconds interval;
    const JobFunction function;
    const JobMetrics metrics;
    std::chrono::milliseconds jitter;
    bool runs_at_start = false;
    std::chrono::milliseconds lease_ttl{15'000};
    std::unique_ptr<Job> handle;  // what the service's constructor holds on to

private:
    enum class Phase : std::uint8_t { idle, looking, sleeping, running };
    static void on_change(void* context, std::int32_t change, std::uint64_t token) noexcept;
    static void on_time(void* context, gh_status status, const gh_error* error) noexcept;
    static void work(void* context) noexcept;
    static void on_worked(void* context, gh_status status, const gh_error* error) noexcept;
    void look();
    void plan(std::optional<std::int64_t> last_begin_ms);
    void sleep(std::chrono::milliseconds delay);
    void begin();
    void run();
    [[nodiscard]] std::int64_t wall_ms() const;
    [[nodiscard]] std::string key() const { return "gatehouse.job/" + name; }

    const gh_lease* leases_ = nullptr;
    gh_op lease_{};
    // On the loop only.
    Phase phase_ = Phase::idle;
    bool is_held_ = false;
    gh_op timer_{};
    std::int64_t begun_ms_ = 0;  // of the last run here
    std::unique_ptr<JobRun> current_;
};

}  // namespace gatehouse::detail

#include "sdk/storage/sqlite/writer.hpp"

#include <algorithm>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/nesting.hpp"
#include "sdk/storage/threads.hpp"

namespace gatehouse::storage::sqlite {

namespace {

using std::chrono::steady_clock;

// A batch of slow closures is cut here, so that the first does not wait for all the others.
constexpr auto kBatchTime = std::chrono::milliseconds(20);

}  // namespace

Writer::Writer(const Location& location, const DatabaseOptions& options, const void* database,
               const EventKeeping* events)
    : options_(options),
      database_(database),
      events_(events),
      connection_(std::make_unique<Connection>(location, options, Role::writer)) {
    thread_ = start_thread(options_.service + "-sql", [this] { loop(); });
}

Writer::~Writer() {
    if (thread_.joinable()) stop();
}

void Writer::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    connection_.reset();
}

void Writer::run(Body body) {
    Job job(body);
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) throw Unavailable("the database is closed");
        if (queue_.size() >= options_.write_queue_max) throw Busy("the write queue is full");
        queue_.push_back(&job);
        if (queue_.size() == 1) wake_.notify_one();
    }
    const auto done = [&job] { return job.done; };
    std::unique_lock lock(job.mutex);
    if (!job.changed.wait_until(lock, steady_clock::now() + options_.acquire_timeout, done)) {
        lock.unlock();
        if (withdraw(job)) throw Busy("the write waited too long in the queue");
        lock.lock();
        job.changed.wait(lock, done);
    }
    if (job.error) std::rethrow_exception(job.error);
}

bool Writer::withdraw(Job& job) {
    const std::scoped_lock lock(mutex_);
    return std::erase(queue_, &job) != 0;
}

DatabaseStatistics Writer::statistics() {
    const std::scoped_lock lock(mutex_);
    return {.connections = 1, .write_queue = queue_.size(), .writes = writes_, .commits = commits_};
}

void Writer::loop() {
    for (;;) {
        const std::vector<Job*> batch = take_batch();
        if (batch.empty()) return;
        process(batch);
    }
}

std::vector<Writer::Job*> Writer::take_batch() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    std::vector<Job*> batch;
    while (!queue_.empty() && batch.size() < std::max<std::size_t>(options_.write_batch_max, 1)) {
        batch.push_back(queue_.front());
        queue_.pop_front();
    }
    return batch;
}

void Writer::answer(const std::vector<Job*>& jobs) {
    {
        const std::scoped_lock lock(mutex_);
        ++commits_;
        writes_ += jobs.size();
    }
    for (Job* job : jobs) {
        // Notified under the lock: a job is gone as soon as its caller can see that it is done.
        const std::scoped_lock lock(job->mutex);
        job->done = true;
        job->changed.notify_one();
    }
}

void Writer::process(const std::vector<Job*>& batch) {
    std::vector<Job*> waiting = batch;
    while (!waiting.empty()) {
        std::vector<Job*> ready;
        try {
            connection_->control("begin immediate");
            const Job* lost = nullptr;
            const std::size_t end = run_jobs(waiting, lost);
            if (lost != nullptr) {
                const auto found = std::ranges::find(waiting, lost);
                ready.push_back(*found);
                waiting.erase(found);
                answer(ready);
                continue;
            }
            const auto cut = waiting.begin() + static_cast<std::ptrdiff_t>(end);
            ready.assign(waiting.begin(), cut);
            waiting.erase(waiting.begin(), cut);
            connection_->commit();
        } catch (...) {
            // Neither begun nor committed: nobody's work was kept, and errors seen in there may rest on others' work.
            connection_->rollback();
            if (ready.empty()) ready.swap(waiting);
            for (Job* job : ready) job->error = std::current_exception();
        }
        tell_published(ready);
        answer(ready);
    }
}

void Writer::tell_published(const std::vector<Job*>& committed) {
    if (std::ranges::any_of(committed, [](const Job* job) { return job->has_published && !job->error; })) {
        events_->committed();
    }
}

std::size_t Writer::run_jobs(const std::vector<Job*>& jobs, const Job*& lost) {
    const auto stop_at = steady_clock::now() + kBatchTime;
    std::size_t i = 0;
    while (i < jobs.size()) {
        Job& job = *jobs[i++];
        run_one(job);
        if (!connection_->in_transaction()) {
            if (!job.error) job.error = std::make_exception_ptr(StorageError("SQLite rolled the transaction back"));
            lost = &job;
            break;
        }
        if (steady_clock::now() >= stop_at) break;
    }
    return i;
}

void Writer::run_one(Job& job) {
    job.error = nullptr;
    job.has_published = false;
    try {
        connection_->control("savepoint job");
        Transaction tx(*connection_, Engine::sqlite, events_);
        {
            const TransactionScope scope(database_);
            job.body(tx);
        }
        if (tx.failure()) std::rethrow_exception(tx.failure());
        if (connection_->has_open_foreign_keys())
            throw ForeignKeyViolation("SQLite: FOREIGN KEY constraint failed", {});
        connection_->control("release job");
        job.has_published = tx.has_published();
    } catch (...) {
        job.error = std::current_exception();
        if (!connection_->in_transaction()) return;
        connection_->control("rollback to job");
        connection_->control("release job");
    }
}

}  // namespace gatehouse::storage::sqlite

// The one thread that writes to a SQLite database: group commit.
//
//     callers ──> queue (bounded) ──> writer: begin immediate
//                                             savepoint, first,  release     an exception undoes its own savepoint only
//                                             savepoint, second, release
//                                             …
//                                             commit                         one fsync for all of them
//     callers <── answers, after the commit
//
// While one commit waits for the disk the next batch gathers, so a batch is as large as the load asks for and a lone
// write never waits for company. If a statement makes SQLite roll back everything (an interrupted write, a full disk),
// its closure gets the error and the others, which nobody has been told about, run again in a new transaction.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gatehouse/storage/database.hpp"
#include "sdk/storage/sqlite/connection.hpp"

namespace gatehouse::storage::sqlite {

class Writer final {
public:
    // Opens the connection and starts the thread. `database` marks the thread while it runs closures (see nesting.hpp).
    // events: null = nothing may be published; else it outlives the writer.
    Writer(const Location& location, const DatabaseOptions& options, const void* database, const EventKeeping* events);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // [any thread but the writer's] Returns after the commit, or throws: what the body threw; Busy if the queue is full
    // or nothing happened within acquire_timeout; the commit's error.
    void run(Body body);

    // [any thread]
    DatabaseStatistics statistics();

    // Runs what is queued, refuses more with Unavailable, ends the thread and closes the connection. To be called once.
    void stop();

private:
    // Lives on its caller's stack until it is done.
    struct Job {
        explicit Job(Body job_body) : body(job_body) {}
        Body body;
        std::exception_ptr error;
        bool has_published = false;
        // A lock of its own, so that all those who are woken after a commit do not meet at the queue's.
        std::mutex mutex;
        std::condition_variable changed;
        bool done = false;  // guarded by mutex
    };

    // Takes a job out of the queue; false if the writer has it already.
    bool withdraw(Job& job);
    void loop();
    std::vector<Job*> take_batch();  // empty: the end
    void answer(const std::vector<Job*>& jobs);
    void tell_published(const std::vector<Job*>& committed);
    void process(const std::vector<Job*>& batch);
    // Runs jobs until the batch's time is up; returns how many were run. Sets `lost` to the one that made SQLite roll
    // back, if any.
    std::size_t run_jobs(const std::vector<Job*>& jobs, const Job*& lost);
    void run_one(Job& job);

    const DatabaseOptions options_;
    const void* const database_;
    const EventKeeping* const events_;
    std::unique_ptr<Connection> connection_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> queue_;
    bool stopping_ = false;
    std::uint64_t writes_ = 0;   // guarded by mutex_
    std::uint64_t commits_ = 0;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace gatehouse::storage::sqlite

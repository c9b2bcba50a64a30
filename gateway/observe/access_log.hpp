#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/base/io_loop.hpp"
#include "gateway/observe/output.hpp"

namespace gatehouse::observe {

// One request, as it is written. All views are copied by write().
struct AccessRecord {
    std::string_view request_id, method, path, query, client, route, service, user, reason;
    bool has_query = false;
    int status = 0;
    std::uint32_t generation = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::chrono::nanoseconds duration{0};
};

// One JSON line per request. Each loop formats into its own buffer; full (32 KiB) or 200 ms old, the buffer is handed
// to one writer thread. When the output blocks, at most `backlog` buffers wait; after that whole buffers are dropped
// and their lines counted: a loop never waits for the log.
//
//   loop:   [line line line ...] --full or 200 ms--> queue (bounded) --> writer thread --> output
//              ^------------------- emptied buffers come back ----------------'
//
// Nothing that a client sends can break a line: everything is escaped, bad UTF-8 becomes U+FFFD, values of secret query
// parameters (token, code, password, ...) are left out.
class AccessLog final {
public:
    static constexpr std::size_t kHandOverBytes = 32 * 1024;
    static constexpr std::chrono::milliseconds kHandOverAge{200};

    struct Options {
        Output::Target to = Output::Target::standard_output;
        std::string file;
        std::size_t backlog = 64;  // buffers
    };
    // loops: by index, outlive the log's last write().
    AccessLog(Options options, std::vector<IoLoop*> loops);
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    // [loop: the one given]  Allocates nothing in steady state.
    void write(IoLoop& loop, const AccessRecord& record);
    // Hands over what the loop has collected, now.  [loop]
    void flush(IoLoop& loop);

    // Writes everything that the loops collected, for at most two seconds; later records are ignored.
    // REQUIRES: the loops have stopped.  [main]
    void stop();

    // Opens the file again, for log rotation.  [any]
    void reopen() { output_.reopen(); }
    // Buffers handed over and not yet written.  [any]
    std::size_t backlog();
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
    struct Buffer {
        std::string text;
        std::uint64_t lines = 0;
    };
    struct LoopState;
    void hand_over(LoopState& state);
    void run_writer();

    Options options_;
    Output output_;
    std::vector<std::unique_ptr<LoopState>> states_;
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<bool> stopped_{false};

    std::mutex mutex_;  // queue_, spare_, stopping_
    std::condition_variable ready_;
    std::deque<Buffer> queue_;
    std::vector<Buffer> spare_;
    bool stopping_ = false;
    std::thread writer_;
};

// The line for one record, with its newline; unix_time since 1970. Exposed for tests.
void append_access_line(std::string& out, const AccessRecord& record, std::chrono::milliseconds unix_time);

}  // namespace gatehouse::observe

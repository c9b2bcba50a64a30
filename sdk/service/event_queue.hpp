// One event stream: a bounded queue that any thread fills and the request's loop empties into the connection.
//
//   push() [any] --> frames_ --> pump() [loop] --> write() --GH_PENDING--> … on_written() --> pump()
//
// The queue owns the request. It is alive for as long as somebody refers to it: its EventStream or the list of
// EventStreams, a write under way, the heartbeat's timer, a posted job.
#pragma once

#include <gatehouse/sse.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::detail {

struct EventStreamsState {
    EventStreamsState(const gh_host* its_host, Metric its_streams, Metric its_dropped, EventStreamOptions its_options)
        : host(its_host), streams(its_streams), dropped(its_dropped), options(its_options) {}

    const gh_host* const host;
    const Metric streams, dropped;
    const EventStreamOptions options;
    std::atomic<std::int64_t> open{0};

    std::mutex mutex;
    std::vector<std::weak_ptr<EventQueue>> all;
    std::vector<std::shared_ptr<EventQueue>> kept;  // by add()
    bool is_draining = false;

    void forget(const EventQueue& queue);
    std::vector<std::shared_ptr<EventQueue>> live();
};

class EventQueue : public std::enable_shared_from_this<EventQueue> {
public:
    EventQueue(std::shared_ptr<EventStreamsState> streams, StreamingRequest request);

    void start();  // [loop]
    bool push(std::string frame);
    void close();  // what waits is sent, then the stream ends  [any]
    [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }

    // For EventWait.  [loop] but stop_waiting()
    gh_status begin_wait(EventWait& wait);
    void stop_waiting() noexcept;

private:
    enum class End { closed, gone, slow };

    void schedule();
    void run();
    void pump();
    void on_written(gh_status status);
    void end(End why);
    void end_waits(gh_status status);
    void beat();
    void arm_heartbeat();
    static void on_posted(void* context);
    static void on_beat(void* context, gh_status status, const gh_error*);

    const std::shared_ptr<EventStreamsState> streams_;
    gh_loop* const loop_;
    const std::string last_event_id_;

    std::mutex mutex_;
    std::deque<std::string> frames_;
    std::size_t bytes_ = 0;
    bool is_open_ = true;      // takes more
    bool is_closing_ = false;  // ends when what waits is sent
    bool is_too_slow_ = false;
    bool is_scheduled_ = false;  // a job is posted to the loop
    bool ends_waits_ = false;    // the task that waits was cancelled

    // [loop]
    StreamingRequest request_;
    bool is_writing_ = false, has_ended_ = false, said_goodbye_ = false, wrote_since_beat_ = true;
    gh_op heartbeat_{};
    EventWait* sender_ = nullptr;
    EventWait* closer_ = nullptr;
};

}  // namespace gatehouse::detail
